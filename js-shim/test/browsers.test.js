import { REPORTS_OF } from './browserReports';
import { HEALTHY } from './fakes';
import { ALERTING, fixture, mount, notice, pageForEachTest, seconds, start, takeCall } from './pluginPage';

pageForEachTest();

describe.each(Object.keys(REPORTS_OF))('with the statistics of %s', (browser) => {
  let counted;
  beforeEach(async () => {
    await start(ALERTING);
    mount();
    await takeCall();
    counted = { second: 0, reports: 1, others: 1, rtt: 0.05 };
    const getStats = async () => REPORTS_OF[browser](counted);
    fixture.call._mediaHandler = { version: { pc: { getStats } } };
  });

  /** Healthy seconds, in which reports come every five unless they stay away. */
  async function pass(count, { reports = true, rtt = 0.05 } = {}) {
    for (let n = 0; n < count; n += 1) {
      const isDue = (counted.second + 1) % 5 === 0;
      counted = {
        second: counted.second + 1,
        reports: counted.reports + Number(isDue && reports),
        others: counted.others + Number(isDue),
        rtt,
      };
      await seconds(1, HEALTHY);
    }
  }

  test('a good call has nothing to say', async () => {
    await pass(60);
    expect(notice()).toBeNull();
  });

  test('an agent of whose packets nobody reports is told that the customer cannot hear them', async () => {
    await pass(30);
    await pass(24, { reports: false });
    expect(notice().dataset).toMatchObject({ phase: 'active', diagnosis: 'customer-cannot-hear-you' });
    await pass(10);
    expect(notice()?.dataset.phase).not.toBe('active');
  });

  test('the round-trip time that counts is that of the path in use', async () => {
    await pass(10);
    await pass(15, { rtt: 1.2 });
    expect(notice().dataset).toMatchObject({ phase: 'active', diagnosis: 'your-network' });
  });
});
