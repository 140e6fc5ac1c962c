import { FakeCall, HEALTHY } from './fakes';
import { FakeTrack, withTrack } from './fakeTrack';
import { startFollowing } from './following';

let engine;
let device;
const start = () => {
  ({ engine, device } = startFollowing());
};
const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('the track that a call sends the microphone with', () => {
  let call;
  let track;
  beforeEach(() => {
    start();
    track = new FakeTrack();
    call = withTrack(new FakeCall(), track);
    device.emit('incoming', call);
  });

  test('is told of when the system mutes it and when it ends, at once and each time once', () => {
    call.accept();
    track.become({ muted: true }, 'mute');
    track.become({ muted: false }, 'unmute');
    track.become({ readyState: 'ended' }, 'ended');
    call.emit('sample', HEALTHY);
    expect(engine.of('track')).toEqual([
      [1, 'muted'],
      [1, 'live'],
      [1, 'ended'],
    ]);
  });

  test('is another one after the microphone was changed, and the old one no longer counts', () => {
    call.accept();
    track.become({ readyState: 'ended' }, 'ended');
    withTrack(call, new FakeTrack());
    call.emit('sample', HEALTHY);
    track.become({ muted: true }, 'mute');
    expect(engine.of('track')).toEqual([
      [1, 'ended'],
      [1, 'live'],
    ]);
  });

  test('is no longer listened to after the call, when the Voice SDK stops it', () => {
    call.accept();
    call.disconnect();
    track.become({ readyState: 'ended' }, 'ended');
    expect(engine.of('track')).toEqual([]);
  });

  test('may not be there', () => {
    withTrack(call, undefined);
    call.accept();
    call.emit('sample', HEALTHY);
    expect(engine.of('track')).toEqual([]);
  });
});

describe('the path that the media take', () => {
  const reports = (candidate, changes) =>
    new Map([
      ['pair', { id: 'pair', type: 'candidate-pair', localCandidateId: 'local' }],
      ['local', { id: 'local', type: 'local-candidate', address: '192.0.2.7', ...candidate }],
      ['t', { type: 'transport', selectedCandidatePairId: 'pair', selectedCandidatePairChanges: changes }],
    ]);

  test('is told of when it changes, by its kind, and apart from it the address, once', async () => {
    start();
    const call = new FakeCall();
    const answers = [
      reports({ networkType: 'wifi', candidateType: 'host' }, 1),
      reports({ networkType: 'wifi', candidateType: 'host' }, 1),
      reports({ networkType: 'vpn', candidateType: 'relay', relayProtocol: 'tls' }, 2),
    ];
    call._mediaHandler = {
      version: {
        pc: { getStats: async () => answers.shift(), getConfiguration: () => ({ iceTransportPolicy: 'all' }) },
      },
    };
    device.emit('incoming', call);
    for (let second = 0; second < 3; second += 1) {
      call.emit('sample', HEALTHY);
      await settled();
    }
    const path = { iceTransportPolicy: 'all', networkType: 'wifi' };
    expect(engine.of('path')).toEqual([
      [1, { ...path, selectedCandidatePairChanges: 1 }],
      [1, { ...path, networkType: 'vpn', relayProtocol: 'tls', selectedCandidatePairChanges: 2 }],
    ]);
    expect(engine.of('endpoint')).toContainEqual([1, { address: '192.0.2.7' }]);
    expect(JSON.stringify(engine.received).split('192.0.2.7')).toHaveLength(2);
  });
});

describe('what a call is taken with', () => {
  const told = () => Object.assign({}, ...engine.of('endpoint').map(([, endpoint]) => endpoint));
  afterEach(() => {
    delete window.RTCPeerConnection;
    delete navigator.deviceMemory;
  });

  test('is the computer, the codec, and the microphone that is used now', () => {
    navigator.deviceMemory = 8;
    window.RTCPeerConnection = Map;
    start();
    const call = withTrack(new FakeCall(), Object.assign(new FakeTrack(), { label: 'A (0b0e:0245)' }));
    device.emit('incoming', call);
    call.accept();
    call.emit('sample', { ...HEALTHY, codecName: 'opus' });
    call.emit('sample', { ...HEALTHY, codecName: 'opus' });
    const { hardwareConcurrency } = navigator;
    expect(told()).toEqual({
      hardwareConcurrency,
      deviceMemory: 8,
      webRtcRedirected: false,
      microphone: 'A (0b0e:0245)',
      codec: 'opus',
    });
    expect(engine.of('endpoint')).toHaveLength(3);
    withTrack(call, Object.assign(new FakeTrack(), { label: 'Another' }));
    call.emit('sample', { ...HEALTHY, codecName: 'opus' });
    expect(engine.of('endpoint').pop()).toEqual([1, { microphone: 'Another' }]);
  });

  test('says when RTCPeerConnection is not the browser’s own', () => {
    window.RTCPeerConnection = class {};
    start();
    device.emit('incoming', new FakeCall());
    expect(told().webRtcRedirected).toBe(true);
  });
});

describe('the computer', () => {
  let observers;
  let hidden;
  beforeEach(() => {
    jest.useFakeTimers();
    observers = [];
    hidden = false;
    jest.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden);
    window.PressureObserver = class {
      constructor(callback) {
        this.callback = callback;
        observers.push(this);
      }

      observe = async () => {};

      disconnect = () => observers.splice(observers.indexOf(this), 1);
    };
    start();
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
    delete window.PressureObserver;
  });

  /** The page's thread is kept from everything for so long. */
  const block = (ms) => {
    const now = performance.now();
    jest.spyOn(performance, 'now').mockReturnValue(now + ms);
    jest.advanceTimersByTime(1000);
    jest.spyOn(performance, 'now').mockRestore();
  };

  test('is observed while there are calls, its pressure told when it changes, and to a new call', () => {
    const call = new FakeCall();
    device.emit('incoming', call);
    ['nominal', 'critical', 'critical'].forEach((state) => observers[0].callback([{ state: 'fair' }, { state }]));
    const second = new FakeCall({ callSid: 'CA00000000000000000000000000000002' });
    device.emit('incoming', second);
    expect(engine.of('pressure')).toEqual([
      [1, 'nominal'],
      [1, 'critical'],
      [2, 'critical'],
    ]);
    [call, second].forEach((one) => one.disconnect());
    jest.advanceTimersByTime(2000);
    expect([observers, jest.getTimerCount()]).toEqual([[], 0]);
  });

  test('is told to be late when a timer of the page is, unless the page is hidden or was', () => {
    device.emit('incoming', new FakeCall());
    jest.advanceTimersByTime(3000);
    block(1900);
    hidden = true;
    block(5000);
    hidden = false;
    block(5000);
    const late = engine.of('lateTick');
    expect(late).toHaveLength(1);
    expect(late[0][1]).toBeGreaterThanOrEqual(850);
  });

  test('may not tell of its pressure', () => {
    delete window.PressureObserver;
    device.emit('incoming', new FakeCall());
    expect(engine.of('incoming')).toHaveLength(1);
  });
});
