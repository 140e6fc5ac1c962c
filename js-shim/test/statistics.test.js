import { FakeCall, HEALTHY } from './fakes';
import { startFollowing } from './following';

let engine;
let device;
const start = (options) => {
  ({ engine, device } = startFollowing(options));
};

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
  const order = engine.received.map(([name]) => name).filter((name) => ['sample', 'audioContext'].includes(name));
  expect(order.indexOf('audioContext')).toBe(2);
});
