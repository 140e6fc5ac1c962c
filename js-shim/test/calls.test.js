import { createMonitorHost } from '../src/monitorHost';
import { followCalls } from '../src/voice/follow';
import { FakeCall, FakeDevice, fakeConference, fakeManager, fakeTask, fakeVoiceClient, HEALTHY } from './fakes';
import { Recorder } from './recorder';

const AGENT_LEG = 'CA00000000000000000000000000000001';
const SECOND_LEG = 'CA00000000000000000000000000000002';

let engine;
let device;
let manager;
const start = (options) => {
  engine = new Recorder();
  device = new FakeDevice();
  manager = fakeManager({ voiceClient: fakeVoiceClient(device), ...options });
  followCalls(manager, createMonitorHost({ build: () => engine, onEffect: () => {} }));
};

test('a call is watched once, although the Device and the store both show it', () => {
  start();
  const call = new FakeCall();
  device.emit('incoming', call);
  call.accept();
  manager.change({ phone: { activeCall: call } });
  device.emit('incoming', call);

  call.emit('sample', HEALTHY);

  expect(engine.of('incoming')).toEqual([['INCOMING', AGENT_LEG, '+15555550100', 'client:agent']]);
  expect(engine.of('accept')).toHaveLength(1);
  expect(engine.of('sample')).toHaveLength(1);
});

test.each([[HEALTHY], [null], [{ rtt: '60' }]])('a sample crosses as the SDK has it: %j', (sample) => {
  start();
  const call = new FakeCall();
  device.emit('incoming', call);
  call.emit('sample', sample);
  const [[handle, crossed]] = engine.of('sample');
  expect(handle).toBe(1);
  expect(crossed).toBe(sample);
});

describe('the statistics of the private peer connection', () => {
  const REPORTS = new Map([
    [
      'p1',
      { type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: 0.05, responsesReceived: 9 },
    ],
    [
      'p2',
      { type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: 9, responsesReceived: 2 },
    ],
    ['t', { type: 'transport', selectedCandidatePairId: 'p1' }],
    [
      'in',
      { type: 'inbound-rtp', concealedSamples: 80, totalSamplesReceived: 8000, packetsLost: 1, packetsReceived: 49 },
    ],
    ['ri', { type: 'remote-inbound-rtp', fractionLost: 0.02, roundTripTimeMeasurements: 3 }],
    ['ro', { type: 'remote-outbound-rtp', reportsSent: 2 }],
    ['ms', { type: 'media-source', audioLevel: 0.1 }],
  ]);
  const STATS = {
    candidatePair: REPORTS.get('p1'),
    inbound: REPORTS.get('in'),
    remoteInbound: REPORTS.get('ri'),
    remoteOutbound: REPORTS.get('ro'),
    mediaSource: REPORTS.get('ms'),
  };
  const settled = () => new Promise((resolve) => setTimeout(resolve));
  let call;
  let getStats;
  beforeEach(() => {
    start();
    getStats = jest.fn(async () => REPORTS);
    call = new FakeCall();
    call._mediaHandler = { version: { pc: { getStats } } };
    device.emit('incoming', call);
  });

  test('are read with each sample, of the pair that is in use', async () => {
    call.emit('sample', HEALTHY);
    await settled();
    expect(engine.of('stats')).toEqual([[1, STATS]]);
  });

  test('are of the nominated pair where the browser does not say which is in use', async () => {
    const reports = new Map([...REPORTS].filter(([id]) => id !== 't' && id !== 'p2'));
    getStats.mockImplementationOnce(async () => reports);
    call.emit('sample', HEALTHY);
    await settled();
    expect(engine.of('stats')).toEqual([[1, STATS]]);
  });

  // As Firefox 142 and later have them: every pair that was ever nominated, the one in use marked, a transport that names none.
  const PAIRS = [
    {
      id: 'old',
      type: 'candidate-pair',
      nominated: true,
      selected: false,
      state: 'succeeded',
      currentRoundTripTime: 0.012,
      responsesReceived: 2,
    },
    {
      id: 'used',
      type: 'candidate-pair',
      nominated: true,
      selected: true,
      state: 'succeeded',
      currentRoundTripTime: 0.7,
      responsesReceived: 14,
    },
    {
      id: 'last',
      type: 'candidate-pair',
      nominated: true,
      selected: false,
      state: 'succeeded',
      currentRoundTripTime: 0.512,
      responsesReceived: 3,
    },
  ];
  const unmarked = PAIRS.map(({ selected, ...pair }) => pair);
  test.each([
    ['the selected one', PAIRS, [0.7, 14]],
    [
      'the selected one, whatever a transport without a name says',
      [{ id: 't', type: 'transport' }, ...PAIRS],
      [0.7, 14],
    ],
    [
      'the one that the transport names',
      [...unmarked, { id: 't', type: 'transport', selectedCandidatePairId: 'used' }],
      [0.7, 14],
    ],
    ['none, where nothing says which', unmarked, [undefined, undefined]],
    ['the only one whose checks succeeded', [unmarked[1], { ...unmarked[0], state: 'failed' }], [0.7, 14]],
  ])('of several nominated pairs are of %s', async (_, reports, [rtt, responses]) => {
    getStats.mockImplementationOnce(async () => new Map(reports.map((report) => [report.id, report])));
    call.emit('sample', HEALTHY);
    await settled();
    const [[, { candidatePair }]] = engine.of('stats');
    expect([candidatePair?.currentRoundTripTime, candidatePair?.responsesReceived]).toEqual([rtt, responses]);
  });

  test('are not asked for again while the browser is still at it', async () => {
    let answer;
    getStats.mockImplementationOnce(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    call.emit('sample', HEALTHY);
    call.emit('sample', HEALTHY);
    expect(getStats).toHaveBeenCalledTimes(1);
    answer(REPORTS);
    await settled();
    call.emit('sample', HEALTHY);
    expect(getStats).toHaveBeenCalledTimes(2);
  });

  test('that cannot be had leave the samples as they are', async () => {
    getStats.mockImplementationOnce(async () => {
      throw new Error('closed');
    });
    call.emit('sample', HEALTHY);
    await settled();
    getStats.mockImplementationOnce(() => {
      throw new Error('at once');
    });
    call.emit('sample', HEALTHY);
    call._mediaHandler = undefined;
    call.emit('sample', HEALTHY);
    await settled();
    expect(engine.of('sample')).toHaveLength(3);
    expect(engine.of('stats')).toEqual([]);

    call._mediaHandler = { version: { pc: { getStats } } };
    call.emit('sample', HEALTHY);
    await settled();
    expect(engine.of('stats')).toEqual([[1, STATS]]);
  });
});

test('that the meter of the levels is suspended, or runs again, crosses once, before the sample that it is about', () => {
  start();
  const call = new FakeCall();
  device.emit('incoming', call);
  for (const state of [undefined, 'running', 'suspended', 'suspended', 'running', 7]) {
    call._mediaHandler = { _audioContext: { state } };
    call.emit('sample', HEALTHY);
  }
  call._mediaHandler = { _audioContext: null };
  call.emit('sample', HEALTHY);
  expect(engine.of('audioContext')).toEqual([
    [1, 'suspended'],
    [1, 'running'],
  ]);
  const order = engine.heard.map(([name]) => name).filter((name) => ['sample', 'audioContext'].includes(name));
  expect(order.indexOf('audioContext')).toBe(2);
});

test('what is no number among the values of a warning becomes not a number', () => {
  start();
  const call = new FakeCall();
  device.emit('incoming', call);
  call.emit('warning', 'low-mos', { values: [2.5, null, '3'], threshold: { name: 'min', value: 3 } });

  const [[, name, thresholdName, values]] = engine.of('warning');
  expect([name, thresholdName]).toEqual(['low-mos', 'min']);
  expect(values).toEqual([2.5, NaN, NaN]);
});

test('every other event of a call crosses with its code, also when there is none', () => {
  start();
  const call = new FakeCall();
  device.emit('incoming', call);
  call.emit('warning', 'ice-connectivity-lost');
  call.emit('warning-cleared', 'ice-connectivity-lost', null);
  call.emit('mute', true, call);
  call.emit('reconnecting', { code: 53405 });
  call.emit('reconnected');
  call.emit('transportClose');
  call.emit('error');
  call.disconnect();

  expect(engine.heard.filter(([name]) => !['incoming', 'describe'].includes(name))).toEqual([
    ['warning', 1, 'ice-connectivity-lost', undefined, []],
    ['warningCleared', 1, 'ice-connectivity-lost'],
    ['mute', 1, true],
    ['reconnecting', 1, 53405],
    ['reconnected', 1],
    ['transportClose', 1],
    ['error', 1, NaN],
    ['disconnect', 1],
  ]);
});

test('calls that never begin are cancelled or rejected', () => {
  start();
  const [cancelled, rejected] = [new FakeCall(), new FakeCall({ callSid: SECOND_LEG })];
  device.emit('incoming', cancelled);
  device.emit('incoming', rejected);
  cancelled.emit('cancel');
  rejected.emit('reject');
  expect(engine.of('cancel')).toEqual([[1]]);
  expect(engine.of('reject')).toEqual([[2]]);
});

test('events in any order, after the end and on a call without anything, reach no one', () => {
  start();
  const bare = new FakeCall();
  bare.on('error', () => {}); // the Voice SDK's calls listen to their own errors: without a listener `emit` would throw
  Object.assign(bare, { parameters: undefined, customParameters: undefined, status: undefined, isMuted: undefined });
  device.emit('incoming', bare);
  device.emit('incoming', undefined);
  ['warning-cleared', 'reconnected', 'disconnect', 'error', 'sample', 'accept', 'cancel', 'warning', 'mute'].forEach(
    (event) => {
      expect(() => bare.emit(event)).not.toThrow();
    },
  );
});

test('an exception of ours does not reach the SDK', () => {
  const silence = jest.spyOn(console, 'error').mockImplementation(() => {});
  start();
  const call = new FakeCall();
  device.emit('incoming', call);
  Object.defineProperty(call, '_mediaHandler', {
    configurable: true,
    get() {
      throw new Error('poison');
    },
  });
  const others = jest.fn();
  call.on('sample', others);

  expect(() => call.emit('sample', HEALTHY)).not.toThrow();
  delete call._mediaHandler;
  call.emit('sample', HEALTHY);

  expect(others).toHaveBeenCalledTimes(2);
  expect(engine.of('sample')).toHaveLength(1);
  silence.mockRestore();
});

test('a Device that Flex puts in place of another is listened to', () => {
  start();
  const replacement = new FakeDevice();
  manager.voiceClient = fakeVoiceClient(replacement);
  manager.change({ phone: { listener: {} } });
  manager.change({ phone: { listener: {} } });

  replacement.emit('incoming', new FakeCall());

  expect(replacement.listenerCount('incoming')).toBe(1);
  expect(engine.of('incoming')).toHaveLength(1);
});

test('no listener stays on a call that is over, however it ended, nor on a Device that was replaced', () => {
  start();
  ['disconnect', 'cancel', 'reject'].forEach((end, index) => {
    const call = new FakeCall({ callSid: `CA0000000000000000000000000000000${index + 1}` });
    device.emit('incoming', call);
    call.accept();
    expect(call.eventNames()).not.toEqual([]);
    call.emit(end, call);
    expect(call.eventNames()).toEqual([]);
  });
  manager.voiceClient = fakeVoiceClient(new FakeDevice());
  manager.change({ phone: { listener: {} } });
  expect(device.eventNames()).toEqual([]);
});

test('a Device that comes back is listened to once', () => {
  start();
  const first = manager.voiceClient;
  [fakeVoiceClient(new FakeDevice()), first].forEach((voiceClient) => {
    manager.voiceClient = voiceClient;
    manager.change({});
  });
  device.emit('incoming', new FakeCall());
  expect(engine.of('incoming')).toHaveLength(1);
});

test('without browser voice, and with the empty proxy of degraded voice, nothing happens until a Device comes', () => {
  start({ voiceClient: null });
  manager.voiceClient = fakeVoiceClient({});
  manager.change({});
  const late = new FakeDevice();
  manager.voiceClient = fakeVoiceClient(late);
  manager.change({});
  late.emit('incoming', new FakeCall());
  expect(engine.of('incoming')).toHaveLength(1);
});

test('a call in progress when the plugin starts is watched from there on', () => {
  engine = new Recorder();
  manager = fakeManager();
  const call = new FakeCall({ status: 'open' });
  call.muted = true;
  manager.change({ phone: { activeCall: call } });
  followCalls(manager, createMonitorHost({ build: () => engine, onEffect: () => {} }));
  expect(engine.of('accept')).toEqual([[1, true]]);
  expect(engine.of('mute')).toEqual([[1, true]]);
});

test('an outgoing call of another plugin is found, and named when its CallSid comes', async () => {
  start();
  const call = await manager.voiceClient.connect({ params: { To: '+15555550123' } });
  await Promise.resolve();
  expect(engine.of('incoming')).toEqual([['OUTGOING', undefined, undefined, undefined]]);

  call.parameters.CallSid = AGENT_LEG;
  call.emit('ringing', false);
  call.accept();

  expect(engine.of('identify')).toEqual([[1, AGENT_LEG]]);
});

test('the number that an outgoing call was made with is known', async () => {
  start();
  const call = new FakeCall({ direction: 'OUTGOING', status: 'connecting', custom: { To: '+15555550123' } });
  call.parameters = {};
  manager.change({ phone: { activeCall: call } });
  expect(engine.of('incoming')).toEqual([['OUTGOING', undefined, undefined, '+15555550123']]);
});

test('a refused outgoing call fails for its caller as before', async () => {
  start();
  device = new FakeDevice();
  device.connect = () => Promise.reject(new Error('A Call is already active'));
  manager.voiceClient = fakeVoiceClient(device);
  manager.change({});
  await expect(manager.voiceClient.connect()).rejects.toThrow('A Call is already active');
});

test('each call is described by its own task, not by the latest', () => {
  start();
  const first = new FakeCall({ callSid: AGENT_LEG });
  const second = new FakeCall({ callSid: SECOND_LEG });
  device.emit('incoming', first);
  device.emit('incoming', second);
  manager.change({
    worker: {
      tasks: new Map([
        ['WR00000000000000000000000000000001', fakeTask({ n: 1, worker: AGENT_LEG })],
        ['WR00000000000000000000000000000002', fakeTask({ n: 2 })],
      ]),
    },
    conferences: { states: new Map([fakeConference({ n: 2, worker: SECOND_LEG })]) },
  });

  const last = new Map(engine.of('describe'));
  expect(last.get(1)).toEqual({
    taskSid: 'WT00000000000000000000000000000001',
    reservationSid: 'WR00000000000000000000000000000001',
    conferenceSid: 'CF00000000000000000000000000000001',
    attributes: fakeTask({ n: 1, worker: AGENT_LEG }).attributes,
  });
  expect(last.get(2).taskSid).toBe('WT00000000000000000000000000000002');
  expect(last.get(2).conferenceSid).toBe('CF00000000000000000000000000000002');
});

test('a Device that fails when it is asked leaves a call without its devices, and not without its task', () => {
  const silence = jest.spyOn(console, 'error').mockImplementation(() => {});
  start();
  device.emit('incoming', new FakeCall({ callSid: AGENT_LEG }));
  const fail = () => {
    throw new Error('degraded');
  };
  Object.defineProperties(device, { edge: { get: fail }, audio: { get: fail } });
  manager.change({
    worker: { tasks: new Map([['WR00000000000000000000000000000001', fakeTask({ n: 1, worker: AGENT_LEG })]]) },
  });
  expect(engine.of('describe').pop()[1].taskSid).toBe('WT00000000000000000000000000000001');
  silence.mockRestore();
});

test("a transferred call is described by the conference of its own leg, although the task still names the first agent's", () => {
  start();
  const firstAgent = 'CA00000000000000000000000000000007';
  device.emit('incoming', new FakeCall({ callSid: AGENT_LEG }));
  manager.change({
    worker: { tasks: new Map([['WR00000000000000000000000000000001', fakeTask({ n: 1, worker: firstAgent })]]) },
    conferences: { states: new Map([fakeConference({ n: 1, worker: AGENT_LEG })]) },
  });
  expect(engine.of('describe').pop()[1]).toMatchObject({
    taskSid: 'WT00000000000000000000000000000001',
    conferenceSid: 'CF00000000000000000000000000000001',
    attributes: { from: '+15555550101' },
  });
});

test('what is not known of a call at the moment does not take away what was', () => {
  start();
  const task = fakeTask({ worker: AGENT_LEG });
  device.emit('incoming', new FakeCall());
  manager.change({ worker: { tasks: new Map([[task.sid, task]]) } });
  const told = engine.of('describe');
  expect(told[told.length - 1][1]).toMatchObject({
    taskSid: task.taskSid,
    attributes: task.attributes,
  });

  manager.change({ worker: { tasks: new Map() } });
  expect(engine.of('describe')).toEqual(told);
});

test.each([
  ['an object that is no text', { toString: 1, valueOf: 1 }],
  ['a list', ['+15555550101']],
  ['an object', { a: 1 }],
])('a task with %s among its attributes is described without it, and so is the conference', (_, hostile) => {
  const silence = jest.spyOn(console, 'error').mockImplementation(() => {});
  start();
  const attributes = { direction: hostile, from: hostile, to: hostile };
  const task = fakeTask({ worker: AGENT_LEG, attributes });
  device.emit('incoming', new FakeCall());
  manager.change({
    worker: { tasks: new Map([[task.sid, task]]) },
    conferences: { states: new Map([fakeConference({ worker: AGENT_LEG })]) },
  });
  const [, context] = engine.of('describe').pop();
  expect([context.taskSid, context.direction, context.callerId]).toEqual([task.taskSid, undefined, undefined]);
  expect(engine.of('conference')).toHaveLength(1);
  expect(silence).not.toHaveBeenCalled();
  silence.mockRestore();
});

test("a task named in the call's own parameters is found before its conference is known", () => {
  start();
  const task = fakeTask();
  manager.change({ worker: { tasks: new Map([[task.sid, task]]) } });
  device.emit('incoming', new FakeCall({ custom: { taskSid: task.taskSid } }));
  expect(engine.of('describe').pop()[1].taskSid).toBe(task.taskSid);
});

test('who is in the conference and who is on hold crosses as Flex shows it, when it changes', () => {
  start();
  device.emit('incoming', new FakeCall());
  const conference = (options) =>
    manager.change({ conferences: { states: new Map([fakeConference({ worker: AGENT_LEG, ...options })]) } });
  const customer = (onHold) => ({ type: 'customer', status: 'joined', onHold });
  conference({});
  conference({ held: true });
  conference({ held: true });
  conference({ workerHeld: true });
  conference({
    others: [
      { participantType: 'transfer', status: 'joined', connecting: true },
      { participantType: 'supervisor', status: 'left', onHold: false },
    ],
  });
  expect(engine.of('conference')).toEqual([
    [1, { onHold: false, others: [customer(false)] }],
    [1, { onHold: false, others: [customer(true)] }],
    [1, { onHold: true, others: [customer(false)] }],
    [
      1,
      {
        onHold: false,
        others: [
          customer(false),
          { type: 'transfer', status: 'connecting', onHold: false },
          { type: 'supervisor', status: 'left', onHold: false },
        ],
      },
    ],
  ]);
});

describe("a supervisor who monitors a colleague's call", () => {
  const SUPERVISOR = 'WK00000000000000000000000000000001';
  const COLLEAGUES_LEG = 'CA00000000000000000000000000000007';
  const entry = (mediaProperties, workerSid = SUPERVISOR, type = 'supervisor') => ({
    type,
    routingProperties: { workerSid },
    mediaProperties: { status: 'joined', ...mediaProperties },
  });
  const monitoring = (status, ...channelParticipants) =>
    manager.change({
      supervisor: { callMonitoring: { status, task: { conference: { source: { channelParticipants } } } } },
    });

  test('has a call that began then, and is heard while not muted', () => {
    start();
    monitoring(1);
    const call = new FakeCall();
    device.emit('incoming', call);
    call.accept();
    monitoring(
      2,
      entry({ muted: true }),
      entry({ muted: false }, 'WK00000000000000000000000000000007'),
      entry({ muted: false }, SUPERVISOR, 'worker'),
    );
    monitoring(2, entry({ muted: false, status: 'left' }), entry({ muted: true }));
    monitoring(2, entry({ muted: false }));
    monitoring(2, entry({ muted: true }));
    monitoring(0, entry({ muted: false, status: 'left' }));
    expect(engine.of('monitoring')).toEqual([
      [1, false],
      [1, true],
      [1, false],
    ]);
  });

  test('has ended it when the status says so, although Flex keeps the task', () => {
    start();
    monitoring(0, entry({ muted: true }));
    device.emit('incoming', new FakeCall());
    monitoring(1);
    expect(engine.of('monitoring')).toEqual([]);
  });

  test('has no part in the task that is monitored', () => {
    start();
    const [taskSid, { source }] = fakeConference({ worker: COLLEAGUES_LEG });
    const participants = [
      ...source.participants,
      { participantType: 'supervisor', callSid: AGENT_LEG, status: 'joined' },
    ];
    monitoring(1);
    device.emit('incoming', new FakeCall());
    manager.change({ conferences: { states: new Map([[taskSid, { source: { ...source, participants } }]]) } });
    expect(
      engine.of('describe').filter(([, context]) => context.taskSid || context.conferenceSid || context.attributes),
    ).toEqual([]);
    expect(engine.of('conference')).toEqual([]);
  });
});

test('the store is not looked through while nothing of interest changes', () => {
  start();
  device.emit('incoming', new FakeCall());
  const task = fakeTask({ worker: AGENT_LEG });
  const find = jest.fn(() => AGENT_LEG);
  Object.defineProperty(task.attributes.conference.participants, 'worker', { get: find });
  manager.change({ worker: { tasks: new Map([[task.sid, task]]) } });
  const before = find.mock.calls.length;
  expect(before).toBeGreaterThan(0);
  for (let n = 0; n < 50; n += 1) manager.change({ view: { n } });
  expect(find).toHaveBeenCalledTimes(before);
});
