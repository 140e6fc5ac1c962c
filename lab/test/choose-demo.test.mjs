import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseDemo } from '../choose-demo.mjs';

const choose = (words, environment = {}, platform = 'linux') => chooseDemo({ words, environment, platform });

test('with a display the demo is hands-on, be it X11 or Wayland', () => {
  assert.equal(choose([], { DISPLAY: ':0' }).handsOn, true);
  assert.equal(choose([], { WAYLAND_DISPLAY: 'wayland-0' }).handsOn, true);
});

test('without a display it is the scripted call, and the reason is said', () => {
  const { handsOn, because } = choose([], { DISPLAY: '' });
  assert.equal(handsOn, false);
  assert.match(because, /DISPLAY/);
});

test('macOS and Windows always have a display', () => {
  assert.equal(choose([], {}, 'darwin').handsOn, true);
  assert.equal(choose([], {}, 'win32').handsOn, true);
});

test('in CI nobody looks, so it is scripted whatever the display', () => {
  assert.equal(choose([], { DISPLAY: ':0', CI: 'true' }).handsOn, false);
  assert.equal(choose([], { CI: '1' }, 'darwin').handsOn, false);
  assert.equal(choose([], { DISPLAY: ':0', CI: 'false' }).handsOn, true);
});

test('what the command line says wins over display and CI', () => {
  assert.deepEqual(
    [choose(['--scripted'], { DISPLAY: ':0' })].map(({ handsOn, asked }) => ({ handsOn, asked })),
    [{ handsOn: false, asked: true }],
  );
  assert.equal(choose(['--', '--hands-on'], { CI: 'true' }).handsOn, true);
});

test('a plugin bundle and the own microphone are handed on', () => {
  assert.equal(choose(['other.js', '--scripted']).plugin, 'other.js');
  assert.equal(choose(['--my-microphone'], { DISPLAY: ':0' }).microphone, 'real');
});

test('the admin view is for a person', () => {
  assert.deepEqual(
    [choose(['--admin-view'], { DISPLAY: ':0' }), choose([], { DISPLAY: ':0' })].map(({ handsOn, adminView }) => [
      handsOn,
      adminView,
    ]),
    [
      [true, true],
      [true, false],
    ],
  );
  assert.match(
    choose(['--admin-view', '--scripted']).problem,
    /--admin-view is for a person, and this would be the scripted call: --scripted was given/,
  );
  assert.match(choose(['--admin-view']).problem, /no display/);
});

test('the floor is for a person and for the scripted call', () => {
  assert.deepEqual(
    [choose(['--floor'], { DISPLAY: ':0' }).floor, choose(['--floor', '--scripted']).floor],
    [true, true],
  );
  assert.equal(choose(['--scripted']).floor, false);
});

test('what it does not understand it says', () => {
  assert.match(choose(['--scriptd']).problem, /--scriptd/);
  assert.match(choose(['--scripted', '--hands-on']).problem, /either/);
  assert.match(choose(['one.js', 'two.js']).problem, /one plugin bundle/);
});
