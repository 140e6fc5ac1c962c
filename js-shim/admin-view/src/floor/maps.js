import { SyncClient } from 'twilio-sync';

/** Sync gives no more at once. */
const PAGE = 100;

/** Before a token is asked for again. */
const RETRY_MS = 30_000;

/** Of the item with what the Function knows of incidents. */
const INCIDENTS = 'state';

/** The first key of cards of calls that began at a moment or later. */
const keyOf = (ms) => String(Math.max(0, Math.floor(ms))).padStart(13, '0');

/** Reads a map from a key on. @param {(key: string, json: string) => void} put */
async function readAll(map, from, put) {
  let page = await map.getItems({ pageSize: PAGE, ...(from !== undefined && { from: keyOf(from) }) });
  for (;;) {
    page.items.forEach(({ key, data }) => put(key, JSON.stringify(data)));
    if (!page.hasNextPage) return;
    // eslint-disable-next-line no-await-in-loop -- one page after the other: Sync takes 20 reads a second of a map
    page = await page.nextPage();
  }
}

/**
 * Follows the maps of the floor. Beats come from all maps; cards from a moment on, and older ones when they are asked for;
 * incidents as the Function has judged them.
 * @param {object} options
 * @param {{token: string, beats: string[], cards: string[], incidents?: string}} options.access what `floor-token` has
 *   answered; without `incidents`, the Function is an older one
 * @param {number} options.from the first moment of interest, in ms since 1970
 * @param {import('../engine').Floor} options.engine
 * @param {() => void} options.changed
 * @param {() => Promise<string>} options.renew asks for another token
 * @param {(isConnected: boolean) => void} options.onConnection
 * @returns {Promise<{readBack: (from: number) => Promise<void>, close: () => void}>}
 */
export async function followMaps({
  access: { token, beats, cards, incidents },
  from,
  engine,
  changed,
  renew,
  onConnection,
}) {
  const client = new SyncClient(token);
  client.on('connectionStateChanged', (state) => onConnection(state === 'connected'));
  let isOver = false;
  let retrying;
  // Sync says each once, and with an expired token it does not connect again.
  const update = async () => {
    clearTimeout(retrying);
    try {
      const renewed = await renew();
      if (!isOver) await client.updateToken(renewed);
    } catch {
      clearTimeout(retrying);
      if (!isOver) retrying = setTimeout(update, RETRY_MS);
    }
  };
  client.on('tokenAboutToExpire', update);
  client.on('tokenExpired', update);
  const close = () => {
    isOver = true;
    clearTimeout(retrying);
    client.shutdown();
  };

  const open = async (name, put, remove) => {
    const map = await client.map({ id: name, mode: 'open_existing' });
    const putItem = ({ item: { key, data } }) => {
      put(key, JSON.stringify(data));
      changed();
    };
    map.on('itemAdded', putItem);
    map.on('itemUpdated', putItem);
    map.on('itemRemoved', ({ key }) => {
      remove(key);
      changed();
    });
    return map;
  };
  /** One that this version cannot read is left out, and the others are shown. */
  const lenient = (put) => (key, json) => {
    try {
      put(key, json);
    } catch {
      // see above
    }
  };
  const putBeat = lenient((key, json) => engine.putBeat(key, json));
  const putCard = lenient((key, json) => engine.putCard(key, json));
  const followBeats = async (name) =>
    readAll(await open(name, putBeat, (key) => engine.removeBeat(key)), undefined, putBeat);
  const openCards = (name) => open(name, putCard, (key) => engine.removeCard(key));
  const putIncidents = lenient((key, json) => key === INCIDENTS && engine.putIncidents(json));
  const followIncidents = async (name) => readAll(await open(name, putIncidents, () => {}), undefined, putIncidents);
  try {
    const [maps] = await Promise.all([
      Promise.all(cards.map(openCards)),
      Promise.all(beats.map(followBeats)),
      incidents && followIncidents(incidents),
    ]);
    const readBack = async (moment) => {
      await Promise.all(maps.map((map) => readAll(map, moment, putCard)));
      changed();
    };
    await readBack(from);
    return { readBack, close };
  } catch (error) {
    close();
    throw error;
  }
}
