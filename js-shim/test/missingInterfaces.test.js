import fs from 'fs';
import path from 'path';

import { TESTED_VERSIONS } from '../src/testedVersions';
import { FakeCall, HEALTHY } from './fakes';

/** A call of a Voice SDK that gives everything. */
function wholeCall() {
  const call = new FakeCall();
  call._mediaHandler = {
    version: { pc: { getStats: async () => new Map() } },
    _audioContext: { state: 'running' },
  };
  call.getLocalStream = () => ({ getAudioTracks: () => [] });
  return call;
}

let warned;
let page;
beforeEach(() => {
  warned = [];
  jest.spyOn(console, 'warn').mockImplementation((...parts) => warned.push(parts.join(' ')));
  jest.isolateModules(() => {
    // The page's own log: it says each thing once.
    page = jest.requireActual('./following').startFollowing();
  });
});
afterEach(() => jest.restoreAllMocks());

function play(call, { seconds = 5, sample = HEALTHY } = {}) {
  page.device.emit('incoming', call);
  call.accept();
  for (let second = 0; second < seconds; second += 1) call.emit('sample', sample);
  call.disconnect();
}

test('nothing is said of a Voice SDK and a Flex UI that give everything', () => {
  play(wholeCall());
  expect(warned).toEqual([]);
});

test.each([
  [
    'the statistics',
    /the statistics of a call's peer connection: .*a customer who hears nothing.*/,
    (call) => {
      call._mediaHandler.version = {};
    },
  ],
  [
    'all that is private',
    /the AudioContext that measures the levels/,
    (call) => {
      call._mediaHandler = undefined;
    },
  ],
  [
    'the microphone',
    /the call's microphone: alerts do not name it/,
    (call) => {
      call.getLocalStream = undefined;
    },
  ],
])('a Voice SDK that takes away %s is said once, with what is lost and what was tested', (_, said, takeAway) => {
  for (const again of [1, 2]) {
    const call = wholeCall();
    takeAway(call);
    play(call);
    expect([again, warned.filter((line) => said.test(line)).length]).toEqual([again, 1]);
  }
  expect(warned[0]).toMatch(/Voice SDK .* does not give .* The plugin was tested with 2\.11\.1 to 2\.18\.5\./);
  expect(page.engine.of('sample')).toHaveLength(10);
});

test('samples without a number that others have are said, and one that is not known is there', () => {
  const { mos, packetsSent, ...rest } = HEALTHY;
  play(wholeCall(), { sample: { ...rest, rtt: undefined } });
  expect(warned).toHaveLength(1);
  expect(warned[0]).toMatch(/does not give packetsSent, mos in its samples/);
});

test('a call without any sample is said at its end, unless it was too short to have one', () => {
  const now = jest.spyOn(performance, 'now').mockReturnValue(1000);
  play(wholeCall(), { seconds: 0 });
  expect(warned).toEqual([]);
  const call = wholeCall();
  page.device.emit('incoming', call);
  call.accept();
  now.mockReturnValue(12_000);
  call.disconnect();
  expect(warned).toHaveLength(1);
  expect(warned[0]).toMatch(/does not give samples/);
});

test('a Flex whose store has changed its form is said', () => {
  page.manager.change({ conferences: {}, worker: {} });
  play(wholeCall());
  expect(warned.filter((line) => /Flex UI .* the (tasks|conferences) in its store/.test(line))).toHaveLength(2);
});

test('the versions that are said to be tested are those that the tests have', () => {
  const read = (name) => JSON.parse(fs.readFileSync(path.join(__dirname, '..', name), 'utf8'));
  const { version: first } = read('node_modules/@twilio/voice-sdk/package.json');
  const { dependencies: ofLab } = read('../lab/package.json');
  expect(TESTED_VERSIONS['Voice SDK']).toEqual({ first, last: ofLab['@twilio/voice-sdk'] });
  const { dependencies: ofOldest } = read('../lab/oldest-flex-ui/package.json');
  const { devDependencies: ofShim } = read('package.json');
  expect(TESTED_VERSIONS['Flex UI']).toEqual({ first: ofOldest['@twilio/flex-ui'], last: ofShim['@twilio/flex-ui'] });
});
