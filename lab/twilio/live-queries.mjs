// Sync's live queries, from which a supervisor's Flex learns of the agents and their tasks (Teams View), and the admin
// view who is who and who is in a call. Of a query only these fields are read, as `==` or `IN`; or what one of the two names
// of a worker has to contain.
import { makeSid } from './world.mjs';

const CONDITION = /data\.(worker_sid|status|task_channel_unique_name) (?:==|IN) ("[^"]*"|\[[^\]]*\])/g;

const NAME = /data\.(?:attributes\.full_name|friendly_name) CONTAINS ("[^"]*")/;

/** What a query asks for: field → the values that fit. */
function wantedBy(text) {
  const wanted = {};
  for (const [, field, values] of text.matchAll(CONDITION))
    wanted[field] = [...(wanted[field] ?? []), JSON.parse(values)].flat();
  return wanted;
}

const fits = (wanted, data) => Object.entries(wanted).every(([field, values]) => values.includes(data[field]));

/** The part of a name that a query asks for. */
const partOf = (text) => JSON.parse(NAME.exec(text)?.[1] ?? '""').toLowerCase();

const isNamed = (part, { attributes, friendly_name: friendlyName }) =>
  [attributes?.full_name, friendlyName].some((name) => name?.toLowerCase().includes(part));

export class LiveQueries {
  #world;
  #notify;
  #open = new Map(); // query's sid -> {connection, index, wanted, revision, keys}

  /**
   * @param {import('./world.mjs').World} world
   * @param {(connection: object, body: object) => void} notify
   */
  constructor(world, notify) {
    this.#world = world;
    this.#notify = notify;
    world.on('colleague', (task) => this.#tell('tr-reservation', this.#task(task)));
  }

  /** @returns {{query_id: string, last_event_id: number, items: object[]}} */
  open(connection, index, text = '') {
    const query = { connection, index, wanted: wantedBy(text), part: partOf(text), revision: 0, keys: new Set() };
    const sid = makeSid('QR');
    this.#open.set(sid, query);
    const items = this.#items(query).map(({ key, data }) => ({ key, data, revision: 0 }));
    for (const { key } of items) query.keys.add(key);
    return { query_id: sid, last_event_id: 0, items };
  }

  close(connection) {
    for (const [sid, query] of this.#open) if (query.connection === connection) this.#open.delete(sid);
  }

  #tell(index, { key, data }) {
    for (const [sid, query] of this.#open) {
      const isIn = query.index === index && fits(query.wanted, data);
      if (!isIn && !query.keys.has(key)) continue;
      query.revision += 1;
      if (isIn) query.keys.add(key);
      else query.keys.delete(key);
      const event = {
        query_id: sid,
        last_event_id: query.revision,
        item_key: key,
        ...(isIn && { item_data: data }),
        item_revision: query.revision,
      };
      const type = isIn ? 'live_query_item_updated' : 'live_query_item_removed';
      this.#notify(query.connection, { event_type: type, strictly_ordered: true, event });
    }
  }

  #items({ index, wanted, part }) {
    const all = { 'tr-worker': this.#workers(), 'tr-reservation': this.#tasks() }[index] ?? [];
    return all.filter(({ data }) => fits(wanted, data) && (!part || isNamed(part, data)));
  }

  #tasks() {
    return [...this.#world.colleaguesTasks.values()].map((task) => this.#task(task));
  }

  #workers() {
    return [this.#world.colleague, ...this.#world.others].map((worker) => this.#worker(worker));
  }

  #worker({ sid, name, identity }) {
    const [{ name: activity }] = this.#world.activities;
    const now = new Date().toISOString();
    const data = {
      worker_sid: sid,
      friendly_name: identity,
      activity_name: activity,
      date_updated: now,
      date_activity_changed: now,
      attributes: { full_name: name, contact_uri: `client:${identity}`, roles: ['agent'] },
    };
    return { key: sid, data };
  }

  /** A reservation with its task. */
  #task(task) {
    const data = {
      reservation_sid: task.reservationSid,
      task_sid: task.sid,
      worker_sid: task.workerSid,
      status: task.reservationStatus === 'wrapping' ? 'wrapup' : task.reservationStatus,
      task_status: task.status,
      task_channel_unique_name: 'voice',
      task_age: 0,
      task_priority: 0,
      queue_name: 'Everyone',
      attributes: task.attributes,
      date_created: new Date(task.createdAt).toISOString(),
      date_updated: new Date(task.updatedAt).toISOString(),
    };
    return { key: task.reservationSid, data };
  }
}
