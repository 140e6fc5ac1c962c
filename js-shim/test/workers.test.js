const { findWorkers, nameWorkers, namesOf } = require('../admin-view/src/floor/workers');

const ANNA = { worker_sid: 'WK1', friendly_name: 'anna', attributes: { full_name: 'Anna "Ann" Lee' } };
const BEN = { worker_sid: 'WK2', friendly_name: 'ben', attributes: {} };

/** Flex's index of workers, which answers by an event after the search. */
function flexWith(workers) {
  const searches = [];
  const instantQuery = async (index) => {
    let answer;
    return {
      once: (event, listener) => {
        if (event === 'searchResult') answer = listener;
      },
      search: async (expression) => {
        searches.push([index, expression]);
        answer(Object.fromEntries(workers.map((worker) => [worker.worker_sid, worker])));
      },
    };
  };
  return { searches, access: { insightsClient: { instantQuery } } };
}

describe('workers found by name', () => {
  test('are called what Flex calls them, and quotes in the name end nothing', async () => {
    const { searches, access } = flexWith([ANNA, BEN]);
    expect(await findWorkers(access, '"Ann" L')).toEqual([
      { worker: 'WK1', agent: 'Anna "Ann" Lee' },
      { worker: 'WK2', agent: 'ben' },
    ]);
    const wanted = String.raw`"\"Ann\" L"`;
    expect(searches).toEqual([
      ['tr-worker', `data.attributes.full_name CONTAINS ${wanted} OR data.friendly_name CONTAINS ${wanted}`],
    ]);
  });

  test('are not none where Flex cannot be asked: that is an error', async () => {
    await expect(findWorkers({}, 'Ann')).rejects.toThrow('Flex');
  });
});

describe('names of workers', () => {
  test('are asked for once', async () => {
    const { searches, access } = flexWith([ANNA, BEN]);
    const named = [];
    const name = nameWorkers(access, { unnamed: () => ['WK1', 'WK2'], name: (...one) => named.push(one) });
    expect([await name(), await name()]).toEqual([true, false]);
    expect(named).toEqual([
      ['WK1', 'Anna "Ann" Lee'],
      ['WK2', 'ben'],
    ]);
    expect(searches).toEqual([['tr-worker', 'data.worker_sid IN ["WK1","WK2"]']]);
  });

  test('are asked for later where Flex cannot be asked yet', async () => {
    const { access } = flexWith([ANNA]);
    const later = {};
    const named = [];
    const name = nameWorkers(later, { unnamed: () => ['WK1'], name: (...one) => named.push(one) });
    expect(await name()).toBe(false);
    Object.assign(later, access);
    expect(await name()).toBe(true);
    expect(named).toHaveLength(1);
  });

  test('are asked for again half a minute after Flex could not be asked', async () => {
    jest.useFakeTimers();
    const { access, searches } = flexWith([ANNA]);
    let isBroken = true;
    const instantQuery = async (index) => {
      if (isBroken) throw new Error('not connected');
      return access.insightsClient.instantQuery(index);
    };
    const name = nameWorkers({ insightsClient: { instantQuery } }, { unnamed: () => ['WK1'], name: () => {} });
    await expect(name()).rejects.toThrow('not connected');
    isBroken = false;
    jest.advanceTimersByTime(29_000);
    expect(await name()).toBe(false);
    jest.advanceTimersByTime(2_000);
    expect(await name()).toBe(true);
    expect(searches).toHaveLength(1);
    jest.useRealTimers();
  });

  test('of many are asked for in several queries, and whom Flex does not know has none', async () => {
    const { searches, access } = flexWith([ANNA]);
    const sids = Array.from({ length: 60 }, (_, n) => `WK${n + 1}`);
    expect([...(await namesOf(access, sids))]).toEqual([['WK1', 'Anna "Ann" Lee']]);
    expect(searches).toHaveLength(2);
    await expect(namesOf({}, ['WK1'])).rejects.toThrow('Flex');
    expect([...(await namesOf({}, []))]).toEqual([]);
  });
});
