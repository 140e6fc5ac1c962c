import { readFileSync } from 'fs';
import path from 'path';

import { listen } from '../src/voice/microphoneCheck';

const { AudioContext } = window;
const { mediaDevices } = navigator;
afterEach(() => {
  jest.restoreAllMocks();
  window.AudioContext = AudioContext;
  Object.defineProperty(navigator, 'mediaDevices', { configurable: true, value: mediaDevices });
});

test('the check listens for ten seconds, keeps a level per second, and lets the microphone go, as what-is-sent.md says', async () => {
  let now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  jest.spyOn(window, 'setTimeout').mockImplementation((done, ms) => {
    now += ms;
    queueMicrotask(done);
  });
  const stop = jest.fn();
  const track = { label: 'Headset', stop };
  const stream = { getTracks: () => [track], getAudioTracks: () => [track] };
  const close = jest.fn();
  const getUserMedia = async () => stream;
  Object.defineProperty(navigator, 'mediaDevices', { configurable: true, value: { getUserMedia } });
  window.AudioContext = class {
    createAnalyser = () => ({ frequencyBinCount: 4, getByteFrequencyData: (bins) => bins.fill(255) });

    createMediaStreamSource = () => ({ connect() {} });

    close = close;
  };

  const { microphone, levels } = await listen(undefined, () => false);
  expect(microphone).toBe('Headset');
  expect(levels).toEqual(Array(10).fill(32767));
  expect(now).toBeGreaterThanOrEqual(10_000);
  expect(now).toBeLessThan(11_000);
  expect([stop.mock.calls.length, close.mock.calls.length]).toEqual([1, 1]);

  const text = readFileSync(path.join(__dirname, '../../docs/what-is-sent.md'), 'utf8');
  expect(text).toContain('listens for ten seconds. It keeps one level per second');
});
