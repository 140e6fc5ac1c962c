import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sideBySide } from '../hands-on/windows.mjs';
import { describeImpairment, phoneNumber } from '../hands-on/words.mjs';
import { presets } from '../network/presets.mjs';

test('on a large screen the windows lie side by side and fill it', () => {
  const { flex, panel } = sideBySide({ left: 0, top: 25, width: 1920, height: 1055 });
  assert.equal(flex.left + flex.width, panel.left);
  assert.equal(panel.left + panel.width, 1920);
  assert.deepEqual([flex.top, panel.height], [25, 1055]);
});

test('on a small screen both stay wide enough, the panel above Flex', () => {
  const { flex, panel } = sideBySide({ left: 0, top: 0, width: 1024, height: 700 });
  assert.ok(flex.width >= 860 && panel.width >= 440);
  assert.ok(panel.left + panel.width <= 1024 && panel.left < flex.width);
});

test('on a second screen the windows stay on it', () => {
  const { flex, panel } = sideBySide({ left: 1920, top: 0, width: 1600, height: 900 });
  assert.equal(flex.left, 1920);
  assert.equal(panel.left + panel.width, 3520);
});

test('every named network has words, and only the healthy one is called so', () => {
  for (const [name, { up, down }] of Object.entries(presets)) {
    const words = [describeImpairment(up), describeImpairment(down)];
    assert.equal(
      words.every((text) => text === 'healthy'),
      name === 'healthy',
      `${name}: ${words}`,
    );
  }
});

test('an impairment is described with its numbers', () => {
  assert.equal(describeImpairment({ loss: 0.12, delay: 150, jitter: 20 }), '12 % lost, 150 ms late, 20 ms jitter');
  assert.equal(describeImpairment({ blackout: true, only: ['rtp'] }), 'no sound passes');
  assert.equal(describeImpairment({ blackout: true }), 'nothing passes');
  assert.equal(phoneNumber('+12025550123'), '+1 202 555 0123');
});
