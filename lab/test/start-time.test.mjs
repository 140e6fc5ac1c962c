import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe, summarise, formatStartTime } from '../start-time.mjs';

test('the first boot is kept apart from the median and the range of the others', () => {
  const { cold, median, min, max, warm } = summarise([80, 31, 12.5, 20]);
  assert.deepEqual(
    { cold, median, min, max, warm },
    { cold: 80, median: 20, min: 12.5, max: 31, warm: [31, 12.5, 20] },
  );
});

test('the figures are told with what they contain', () => {
  const text = describe({ ...summarise([80, 31, 4.25, 20]), flexUi: '2.17.1', browser: '156.0' });
  assert.match(text, /Flex UI 2\.17\.1 .*: 20 ms, the median of\n3 boots \(4\.3 ms to 31 ms\); 80 ms in a browser/);
  assert.match(text, /event loop/);
  assert.match(formatStartTime(9.04), /9\.0 ms after/);
});
