import { SyncClient } from 'twilio-sync';

import { ask } from '../floor/functions';

/** Each of them has some 15 KB. */
const PAGE = 20;

/**
 * Reads a map from its newest item on, as far as it is wanted.
 * @param {SyncClient} client
 * @param {string} name
 * @param {import('../engine').Shared} shared
 * @param {() => boolean} isOver
 * @param {() => void} changed
 */
async function readMap(client, name, shared, isOver, changed) {
  const map = await client.map({ id: name, mode: 'open_existing' });
  let page = await map.getItems({ order: 'desc', pageSize: PAGE });
  for (;;) {
    if (isOver()) return;
    page.items.forEach(({ key, data }) => {
      try {
        shared.put(key, JSON.stringify(data));
      } catch {
        // This one is left out; the others are read all the same.
      }
    });
    changed();
    const last = page.items.at(-1);
    if (!page.hasNextPage || !last || shared.isEnough(last.key)) return;
    // eslint-disable-next-line no-await-in-loop -- one page after the other: Sync takes 20 reads a second of a map
    page = await page.nextPage();
  }
}

/**
 * Reads what agents' browsers have shared of their calls.
 * @param {object} access
 * @param {(now: number) => import('../engine').Shared} begin is given the Function's clock
 * @param {() => boolean} isOver nobody waits for it any more
 * @param {(count: number) => void} onRead is told how many calls there are so far
 * @returns {Promise<import('../engine').Shared>}
 */
export async function readShared(access, begin, isOver, onRead) {
  const { token, recordings, now } = await ask(access, 'floor-token', { of: 'recordings' });
  if (!recordings) throw new Error('The Function is of an earlier version.');
  const shared = begin(now);
  const client = new SyncClient(token);
  try {
    const changed = () => onRead(shared.count());
    await Promise.all(recordings.map((name) => readMap(client, name, shared, isOver, changed)));
  } finally {
    client.shutdown();
  }
  return shared;
}
