import { checkReachability } from '../src/voice/reachability';

const { WebSocket: BrowsersSocket } = window;
let asked;
let connections;
let now;

/** As the browser's, told what it finds. */
class FakeConnection extends EventTarget {
  constructor(configuration) {
    super();
    Object.assign(this, { configuration, close: jest.fn() });
    connections.push(this);
  }

  addTransceiver = jest.fn();

  createOffer = async () => ({});

  setLocalDescription = async () => {};

  finds(candidate) {
    this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate }));
  }
}

class FakeSocket extends EventTarget {
  constructor(address) {
    super();
    asked.push(address);
    this.close = jest.fn();
    queueMicrotask(() => {
      now += 40;
      this.dispatchEvent(new Event(FakeSocket.answer));
    });
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  asked = [];
  connections = [];
  now = 1000;
  FakeSocket.answer = 'open';
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  window.RTCPeerConnection = FakeConnection;
  window.WebSocket = FakeSocket;
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
  delete window.RTCPeerConnection;
  window.WebSocket = BrowsersSocket;
});

const server = { urls: 'turn:turn.example.com', username: 'a', credential: 'b' };
const manager = ({ edge } = {}) => ({
  voiceClient: { edge },
  configuration: {
    sdkOptions: { voice: { acceptOptions: { rtcConfiguration: { iceServers: [server], iceTransportPolicy: 'all' } } } },
  },
});

test('without a list of servers of calls Twilio’s own is asked all the same', async () => {
  for (const iceServers of [undefined, null, { urls: 'turn:turn.example.com' }, 'turn:turn.example.com']) {
    const acceptOptions = { rtcConfiguration: { iceServers } };
    const looking = checkReachability({ configuration: { sdkOptions: { voice: { acceptOptions } } } });
    await settled();
    const { configuration } = connections.at(-1);
    expect(configuration.iceServers).toEqual([{ urls: 'stun:global.stun.twilio.com:3478' }]);
    connections.at(-1).finds(null);
    expect(await looking).toMatchObject({ candidates: [], signallingMs: 40 });
  }
});

test('ICE is asked through the servers of calls and Twilio’s own, signalling at the edge in use, and both are let go', async () => {
  const looking = checkReachability(manager({ edge: 'dublin' }));
  await settled();
  const [connection] = connections;
  expect(connection.configuration).toEqual({
    iceTransportPolicy: 'all',
    iceServers: [server, { urls: 'stun:global.stun.twilio.com:3478' }],
  });
  connection.finds({ candidate: 'candidate:1', type: 'host', address: '192.0.2.7' });
  const url = 'turns:turn.example.com?transport=tcp';
  connection.finds({ candidate: 'candidate:2', type: 'relay', relayProtocol: 'tls', url, address: '192.0.2.7' });
  connection.finds({ candidate: '' });
  connection.finds(null);
  expect(await looking).toEqual({
    candidates: [{ type: 'host' }, { type: 'relay', relayProtocol: 'tls', url }],
    hasFailures: false,
    signallingMs: 40,
    edge: 'dublin',
  });
  expect(asked).toEqual(['wss://voice-js.dublin.twilio.com/signal']);
  expect(connection.close).toHaveBeenCalledTimes(1);
});

test('a server that gives an error, and one that does not answer in time, are failures', async () => {
  const looking = checkReachability(manager());
  await settled();
  connections[0].dispatchEvent(new Event('icecandidateerror'));
  connections[0].finds(null);
  expect((await looking).hasFailures).toBe(true);
  expect(asked).toEqual(['wss://voice-js.roaming.twilio.com/signal']);

  jest.spyOn(window, 'setTimeout').mockImplementation((done) => setImmediate(done));
  expect((await checkReachability({})).hasFailures).toBe(true);
});

test('without WebRTC, and where signalling cannot be opened, there is nothing to say', async () => {
  delete window.RTCPeerConnection;
  FakeSocket.answer = 'error';
  expect(await checkReachability({})).toEqual({ signallingMs: undefined, edge: undefined });
  window.WebSocket = function refused() {
    throw new Error('refused');
  };
  expect(await checkReachability({})).toEqual({ signallingMs: undefined, edge: undefined });
});
