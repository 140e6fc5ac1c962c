import { FakeCall, fakeConference, fakeTask } from './fakes';
import { AGENT_LEG, SECOND_LEG, startFollowing } from './following';

let engine;
let device;
let manager;
const start = (options) => {
  ({ engine, device, manager } = startFollowing(options));
};

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

test.each([['+15555550101'], ['Jo Customer'], ['cf00000000000000000000000000000001'], ['CF1'], [42], [{ a: 1 }]])(
  'what is no SID, %p, is not taken for the SID of the conference',
  (sid) => {
    start();
    const attributes = { conference: { sid, participants: { worker: AGENT_LEG } } };
    const task = fakeTask({ attributes });
    device.emit('incoming', new FakeCall());
    manager.change({ worker: { tasks: new Map([[task.sid, task]]) } });
    const [, context] = engine.of('describe').pop();
    expect([context.taskSid, context.conferenceSid]).toEqual([task.taskSid, undefined]);
  },
);

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

test.each([
  ['no list', 7],
  ['a list with nobody in it', [null, undefined]],
])(
  'another conference with %s as its participants takes nothing from a call, nor does an empty task',
  (_, participants) => {
    start();
    device.emit('incoming', new FakeCall({ callSid: AGENT_LEG }));
    const task = fakeTask({ n: 1, worker: AGENT_LEG });
    manager.change({
      worker: {
        tasks: new Map([
          ['WR2', null],
          [task.sid, task],
        ]),
      },
      conferences: {
        states: new Map([
          ['WT2', { source: { participants } }],
          fakeConference({ n: 1, worker: AGENT_LEG, others: [null] }),
        ]),
      },
    });
    expect(engine.of('describe').pop()[1]).toMatchObject({
      taskSid: task.taskSid,
      conferenceSid: 'CF00000000000000000000000000000001',
      attributes: task.attributes,
    });
    expect(engine.of('conference').pop()[1].others).toHaveLength(1);
  },
);
