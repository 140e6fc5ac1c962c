// Sync's live queries, from which a supervisor's Flex learns of the agents and their tasks (Teams View). Only the
// worker's SID is read from a query: there is one colleague.
import { makeSid } from './world.mjs';

const ASKED_WORKER = /data\.worker_sid == "(\w+)"/;

export class LiveQueries {
  #world;
  #notify;
  #open = new Map(); // query's sid -> {connection, index, workerSid, revision}

  /**
   * @param {import('./world.mjs').World} world
   * @param {(connection: object, body: object) => void} notify
   */
  constructor(world, notify) {
    this.#world = world;
    this.#notify = notify;
    world.on('colleague', (task) =>
      this.#tell('tr-reservation', (query) => (this.#isAsked(query, task) ? this.#task(task) : undefined)),
    );
  }

  /** @returns {{query_id: string, last_event_id: number, items: object[]}} */
  open(connection, index, text = '') {
    const query = { connection, index, workerSid: text.match(ASKED_WORKER)?.[1], revision: 0 };
    const sid = makeSid('QR');
    this.#open.set(sid, query);
    const items = this.#items(query).map(({ key, data }) => ({ key, data, revision: 0 }));
    return { query_id: sid, last_event_id: 0, items };
  }

  close(connection) {
    for (const [sid, query] of this.#open) if (query.connection === connection) this.#open.delete(sid);
  }

  #tell(index, itemOf) {
    for (const [sid, query] of this.#open) {
      const item = query.index === index && itemOf(query);
      if (!item) continue;
      query.revision += 1;
      const event = {
        query_id: sid,
        last_event_id: query.revision,
        item_key: item.key,
        item_data: item.data,
        item_revision: query.revision,
      };
      this.#notify(query.connection, { event_type: 'live_query_item_updated', strictly_ordered: true, event });
    }
  }

  #isAsked({ workerSid }, task) {
    return workerSid === undefined || workerSid === task.workerSid;
  }

  #items(query) {
    if (query.index === 'tr-worker')
      return this.#isAsked(query, { workerSid: this.#world.colleague.sid }) ? [this.#worker()] : [];
    if (query.index !== 'tr-reservation') return [];
    return [...this.#world.colleaguesTasks.values()]
      .filter((task) => this.#isAsked(query, task))
      .map((task) => this.#task(task));
  }

  #worker() {
    const {
      colleague: { sid, name, identity },
      activities: [{ name: activity }],
    } = this.#world;
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
