import DeviceMonitoringPlugin from '../src/DeviceMonitoringPlugin';
import {
  FakeCall,
  FakeDevice,
  fakeConference,
  fakeFlex,
  fakeManager,
  fakeTask,
  fakeVoiceClient,
  HEALTHY,
  SLOW,
} from './fakes';

const SUPERVISOR = 'WK00000000000000000000000000000001';
const LEG = 'CA00000000000000000000000000000001';
const ATTRIBUTES = { alertAgent: true, shortCallThreshold: 10 };
const SILENT = { ...HEALTHY, audioInputLevel: 0 };

let flex;
let manager;
let device;
let call;

beforeEach(async () => {
  ['log', 'info', 'warn', 'error'].forEach((level) => jest.spyOn(console, level).mockImplementation(() => {}));
  flex = fakeFlex();
  device = new FakeDevice();
  manager = fakeManager({ attributes: ATTRIBUTES, voiceClient: fakeVoiceClient(device) });
  await new DeviceMonitoringPlugin().init(flex, manager);
  const opened = performance.now();
  jest.useFakeTimers('modern');
  const since = Date.now();
  jest.spyOn(performance, 'now').mockImplementation(() => opened + Date.now() - since);
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
  localStorage.clear();
});

async function seconds(count, sample) {
  for (let n = 0; n < count; n += 1) {
    call.emit('sample', sample);
    jest.advanceTimersByTime(1000);
    await Promise.resolve();
  }
}

/** Flex's own state while a supervisor monitors a call. */
function monitoring(status, muted = true) {
  const entry = {
    type: 'supervisor',
    routingProperties: { workerSid: SUPERVISOR },
    mediaProperties: { status: 'joined', muted },
  };
  manager.change({
    supervisor: { callMonitoring: { status, task: { conference: { source: { channelParticipants: [entry] } } } } },
  });
}

function listen() {
  monitoring(1);
  call = new FakeCall({ callSid: LEG });
  device.emit('incoming', call);
  call.accept();
  monitoring(2);
}

async function end() {
  call.disconnect();
  jest.advanceTimersByTime(0);
}

const shown = () => flex.shown.map(({ id, context }) => [id, context.texts[0].key]);

test('a look of five seconds, in silence, is nothing to speak of', async () => {
  listen();
  await seconds(5, SILENT);
  await end();
  expect(shown()).toEqual([]);
});

test('a supervisor may listen for minutes, and is told of a silent microphone only once they can be heard', async () => {
  listen();
  await seconds(120, SILENT);
  expect(shown()).toEqual([]);
  monitoring(2, false);
  await seconds(12, SILENT);
  expect(shown()).toEqual([['DeviceMonitoringNotice', 'DeviceMonitoringYourMicrophone']]);
  monitoring(2, true);
  await seconds(20, SILENT);
  expect(shown()).toEqual([]);
});

test('a bad network is told of while listening', async () => {
  listen();
  await seconds(6, SILENT);
  await seconds(8, { ...SLOW, audioInputLevel: 0 });
  expect(shown()).toEqual([['DeviceMonitoringNotice', 'DeviceMonitoringYourNetworkBoth']]);
});

test("a call of the supervisor's own is one like any other, whenever its task is found", async () => {
  listen();
  monitoring(0);
  const task = fakeTask({ worker: LEG });
  manager.change({ worker: { ...manager.store.getState().flex.worker, tasks: new Map([[task.sid, task]]) } });
  await seconds(5, HEALTHY);
  await end();
  expect(shown()).toEqual([['DeviceMonitoringCallEnded', 'DeviceMonitoringEndedShort']]);
});

test('after the monitoring, the next call is one like any other', async () => {
  listen();
  await end();
  monitoring(0);
  call = new FakeCall({ callSid: 'CA00000000000000000000000000000002' });
  device.emit('incoming', call);
  call.accept();
  await seconds(5, HEALTHY);
  await end();
  expect(shown()).toEqual([['DeviceMonitoringCallEnded', 'DeviceMonitoringEndedShort']]);
});

describe('an outbound call', () => {
  const task = fakeTask({ worker: LEG, attributes: { direction: 'outbound' } });
  const conference = (...present) => {
    const [taskSid, { source }] = fakeConference({ worker: LEG });
    const participants = source.participants.filter(({ participantType }) => present.includes(participantType));
    manager.change({ conferences: { states: new Map([[taskSid, { source: { ...source, participants } }]]) } });
  };
  beforeEach(() => {
    manager.change({ worker: { ...manager.store.getState().flex.worker, tasks: new Map([[task.sid, task]]) } });
    call = new FakeCall({ callSid: LEG });
    device.emit('incoming', call);
    call.accept();
  });

  test('that is given up while it rings is no short call', async () => {
    conference('worker');
    await seconds(5, HEALTHY);
    await end();
    expect(shown()).toEqual([]);
  });

  test('is short from when somebody else is there', async () => {
    conference('worker');
    await seconds(20, HEALTHY);
    conference('worker', 'customer');
    await seconds(5, HEALTHY);
    await end();
    expect(shown()).toEqual([['DeviceMonitoringCallEnded', 'DeviceMonitoringEndedShort']]);
  });

  test('whose conference nobody knows counts from its acceptance', async () => {
    await seconds(5, HEALTHY);
    await end();
    expect(shown()).toEqual([['DeviceMonitoringCallEnded', 'DeviceMonitoringEndedShort']]);
  });
});
