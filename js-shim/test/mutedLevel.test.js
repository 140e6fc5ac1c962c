import { FakeCall } from './fakes';
import { FakeTrack, withTrack } from './fakeTrack';
import { startFollowing } from './following';

let engine;
let device;
const start = () => {
  ({ engine, device } = startFollowing());
};

describe('a muted microphone', () => {
  let call;
  let copy;
  let level;
  beforeEach(() => {
    jest.useFakeTimers();
    level = 0;
    copy = undefined;
    window.MediaStream = class {};
    window.AudioContext = class {
      createAnalyser = () => ({
        frequencyBinCount: 2,
        connect() {},
        getByteFrequencyData: (bins) => bins.fill(level * 255),
      });

      createMediaStreamSource = () => ({ connect() {} });

      close() {}
    };
    start();
    const track = new FakeTrack();
    track.clone = () => {
      copy = { enabled: false, stop: jest.fn() };
      return copy;
    };
    call = withTrack(new FakeCall(), track);
    device.emit('incoming', call);
    call.accept();
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
    delete window.AudioContext;
    delete window.MediaStream;
  });

  test('is measured by a copy of its track while it is muted, four times a second, and not otherwise', () => {
    jest.advanceTimersByTime(1000);
    expect(engine.of('mutedLevel')).toEqual([]);
    level = 0.4;
    call.emit('mute', true);
    jest.advanceTimersByTime(1000);
    expect(copy.enabled).toBe(true);
    const levels = engine.of('mutedLevel').map(([, value]) => Number(value.toFixed(1)));
    expect(levels).toEqual([0.4, 0.4, 0.4, 0.4]);
    call.emit('mute', false);
    jest.advanceTimersByTime(1000);
    expect(engine.of('mutedLevel')).toHaveLength(4);
    expect(copy.stop).toHaveBeenCalledTimes(1);
  });

  test('is not measured in a hidden page, after the call, or where there is none', () => {
    const hidden = jest.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    call.emit('mute', true);
    jest.advanceTimersByTime(1000);
    hidden.mockReturnValue(false);
    call.disconnect();
    jest.advanceTimersByTime(1000);
    expect([engine.of('mutedLevel'), copy.stop.mock.calls.length]).toEqual([[], 1]);
    const other = withTrack(new FakeCall({ callSid: 'CA00000000000000000000000000000002' }), undefined);
    device.emit('incoming', other);
    other.emit('mute', true);
    expect(engine.of('mute')).toHaveLength(2);
  });

  test('that cannot be measured is let go: neither the copy of its track nor an AudioContext stays open', () => {
    jest.spyOn(console, 'error').mockImplementation(() => {});
    const Working = window.AudioContext;
    const close = jest.fn();
    const broken = (spoilt) =>
      class extends Working {
        close = close;

        [spoilt] = () => {
          throw new Error('NotSupportedError');
        };
      };
    ['createAnalyser', 'createMediaStreamSource'].forEach((spoilt, index) => {
      window.AudioContext = broken(spoilt);
      call.emit('mute', true);
      call.emit('mute', false);
      expect([copy.stop.mock.calls.length, close.mock.calls.length]).toEqual([1, index + 1]);
    });
    delete window.AudioContext;
    call.emit('mute', true);
    call.emit('mute', false);
    expect(copy.stop).toHaveBeenCalledTimes(1);
    window.AudioContext = Working;
    level = 0.4;
    call.emit('mute', true);
    jest.advanceTimersByTime(1000);
    expect(engine.of('mutedLevel')).toHaveLength(4);
  });
});
