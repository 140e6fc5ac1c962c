// The process of the simulated agents. Its parent sends the shift, hears of every call and post, and at last what is left.
import { seededRandom } from '../call/speech.mjs';
import { readRecordings } from '../recordings/recorder-rows.mjs';
import { Agent } from './agent.mjs';
import { loadEngine } from './page.mjs';
import { RECORDINGS } from './shift.mjs';

const tell = (message) => process.send?.(message);

async function work({ shift, functionUrl, seed, lostAnswers, emptyWithinMs }) {
  const [engine, all] = await Promise.all([loadEngine(), readRecordings()]);
  const recordings = new Map();
  for (const { name, lines } of all) {
    const plain = name.replace(/\.jsonl$/, '');
    if (RECORDINGS.includes(plain)) recordings.set(plain, lines);
  }
  const random = seededRandom(seed);
  const startedAt = Date.now();
  const losesAnswer = () => random() < lostAnswers;
  const surroundings = { engine, recordings, functionUrl, startedAt, losesAnswer, tell };
  const agents = shift.map((plan) => new Agent(plan, surroundings));
  tell({ type: 'started', at: startedAt });
  await Promise.all(agents.map((agent) => agent.work()));
  tell({ type: 'left' });
  const signal = AbortSignal.timeout(emptyWithinMs);
  const emptied = await Promise.all(agents.map((agent) => agent.empty(signal)));
  const { user, system } = process.cpuUsage();
  tell({ type: 'done', notEmptied: emptied.filter((isEmpty) => !isEmpty).length, processorS: (user + system) / 1e6 });
  process.disconnect?.();
}

// Its parent is gone.
process.once('disconnect', () => process.exit());
process.once('message', (/** @type {Parameters<typeof work>[0]} */ message) => {
  work(message).catch((error) => {
    tell({ type: 'failed', message: error.stack });
    process.exitCode = 1;
    process.disconnect?.();
  });
});
