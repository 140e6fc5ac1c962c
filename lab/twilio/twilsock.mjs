// Twilsock, the connection over which the browser talks to Twilio Sync. Flex reads a call's conference from the
// Sync Map `<task sid>.CS`: without it neither the participants nor the native quality badge appear. The admin view reads
// the maps of the floor over a connection of its own.
import { FloorReaders } from './sync-maps.mjs';
import { LiveQueries } from './live-queries.mjs';
import { makeSid } from './world.mjs';

const HEADER = /^TWILSOCK V3\.0 (\d+)\r\n/;
const MAP_EVENTS = 'com.twilio.rtd.cds.map';
const OK = { code: 200, status: 'OK' };
const NOT_FOUND = { code: 404, status: 'NOT FOUND' };
const JSON_HEADERS = { 'content-type': 'application/json' };

/** A Twilsock message: a line with the header's length, the header, the payload. */
export function encodeMessage(header, payload) {
  const body = payload === undefined ? '' : JSON.stringify(payload);
  const described = body
    ? { ...header, payload_size: Buffer.byteLength(body), payload_type: 'application/json' }
    : header;
  const head = Buffer.from(JSON.stringify(described));
  return Buffer.concat([Buffer.from(`TWILSOCK V3.0 ${head.length}\r\n`), head, Buffer.from(`\r\n${body}`)]);
}

/** @returns {{header: object, payload: object | undefined} | undefined} */
export function decodeMessage(data) {
  const bytes = Buffer.from(data);
  const match = bytes.toString('latin1').match(HEADER);
  if (!match) return undefined;
  const end = match[0].length + Number(match[1]);
  const body = bytes.subarray(end + 2).toString('utf8');
  return {
    header: JSON.parse(bytes.subarray(match[0].length, end).toString('utf8')),
    payload: body ? JSON.parse(body) : undefined,
  };
}

/** Who has been in the conference; not who is still called. */
const present = (task) => Object.values(task.legs).filter(({ status }) => status !== 'ringing');

export class Twilsock {
  #world;
  #connections = new Set(); // {socket, subscribed: Set of map sids}
  #liveQueries;
  #maps = new Map(); // task sid -> {sid, lastEventId, events, keys}
  /** @type {FloorReaders | undefined} */
  #floor;

  /**
   * @param {import('./world.mjs').World} world
   * @param {{log?: (...words: unknown[]) => void, floor?: {maps: object, serviceSid: string, secret: string}}} [options]
   *   floor: the maps of the stand-in for Twilio's API that hold the floor
   */
  constructor(world, { log = () => {}, floor } = {}) {
    this.#world = world;
    this.log = log;
    if (floor) this.#floor = new FloorReaders(floor, (connection, body) => this.#notify(connection, body));
    this.#liveQueries = new LiveQueries(world, (connection, body) => this.#notify(connection, body));
    world.on('participant', (task, leg) => this.#pushItem(task, leg.callSid, this.#participant(task, leg)));
  }

  connect(socket) {
    const connection = { socket, subscribed: new Set() };
    this.#connections.add(connection);
    socket.onClose(() => {
      this.#connections.delete(connection);
      this.#liveQueries.close(connection);
      this.#floor?.leave(connection);
    });
    socket.onMessage((data) => {
      const message = decodeMessage(data);
      if (message) this.#received(connection, message);
    });
  }

  #received(connection, { header, payload }) {
    const reply = (more, body) =>
      connection.socket.send(encodeMessage({ method: 'reply', id: header.id, status: OK, ...more }, body));
    if (header.method === 'init') {
      this.#floor?.admit(connection, header.token);
      const continuation = {
        continuation_token: makeSid('CT'),
        continuation_token_status: { reissued: false, reissue_reason: '', reissue_message: '' },
      };
      reply({
        ...continuation,
        capabilities: header.capabilities ?? [],
        offline_storage: {},
        init_registrations: [],
        debug_info: {},
      });
    } else if (header.method === 'update') {
      this.#floor?.admit(connection, header.token);
      reply({});
    } else if (header.method === 'message' && this.#floor?.has(connection)) {
      const { status, body } = this.#floor.answer(connection, header.http_request ?? {}, payload);
      reply({ http_status: status, http_headers: JSON_HEADERS }, body);
    } else if (header.method === 'message') {
      const answer = this.#http(connection, header.http_request ?? {}, payload);
      reply(
        { http_status: answer ? OK : NOT_FOUND, http_headers: JSON_HEADERS },
        answer ?? { status: 404, code: 54100, message: 'not found' },
      );
    } else if (header.method !== 'reply') {
      reply({});
    }
  }

  /** Tells the readers of the floor that their tokens expire soon, as Twilio does some minutes before. */
  expireSoon() {
    for (const connection of this.#connections)
      if (this.#floor?.has(connection))
        connection.socket.send(
          encodeMessage({
            method: 'client_update',
            id: makeSid('RQ'),
            client_update_type: 'token_about_to_expire',
            client_update_message: 'the token expires soon',
          }),
        );
  }

  /** HTTP of the Sync service, tunnelled. Undefined is 404. */
  #http(connection, { method, path = '' }, payload) {
    const { pathname } = new URL(path, 'https://cds.us1.twilio.com');
    this.log('sync', method, pathname);
    if (pathname.endsWith('/Telemetry/Events')) return {};
    if (pathname.endsWith('/v4/Subscriptions')) return this.#subscribe(connection, payload);
    const [, index] = pathname.match(/\/v3\/Insights\/([^/]+)\/Items$/) ?? [];
    if (index) return this.#liveQueries.open(connection, index, payload?.query_string);
    const [, name, items] = pathname.match(/\/v3\/(?:[^/]+\/)*Maps\/([^/]+)(\/Items)?$/) ?? [];
    const task = name && this.#taskOfMap(name);
    if (!task || !task.conferenceStarted) return undefined;
    return items ? this.#items(task) : this.#map(task);
  }

  /**
   * @param {object} connection
   * @param {{action?: string, correlation_id?: number, requests?: object[]}} [payload]
   */
  #subscribe(connection, { action, correlation_id: correlationId, requests = [] } = {}) {
    for (const { object_sid: sid, object_type: type, last_event_id: known = 0 } of requests) {
      const task = this.#taskOfMap(sid);
      if (action !== 'establish') connection.subscribed.delete(sid);
      const event = {
        object_sid: sid,
        object_type: type,
        replay_status: 'completed',
        last_event_id: task ? this.#mapOf(task).lastEventId : 0,
      };
      const eventType = action === 'establish' ? 'subscription_established' : 'subscription_canceled';
      // After the reply: the client has to know the correlation id first.
      setTimeout(() => {
        this.#notify(connection, { event_type: eventType, correlation_id: correlationId, event });
        // What happened between the client's reading of the map and now, as Sync replays it.
        const missed =
          task && action === 'establish' ? this.#mapOf(task).events.filter(({ event: { id } }) => id > known) : [];
        for (const happened of missed) this.#notify(connection, happened);
        if (task && action === 'establish') connection.subscribed.add(sid);
      }, 20);
    }
    return { max_batch_size: 100, estimated_delivery_in_ms: 60_000 };
  }

  #notify({ socket }, body) {
    socket.send(encodeMessage({ method: 'notification', id: makeSid('RQ'), message_type: MAP_EVENTS }, body));
  }

  #pushItem(task, key, data) {
    const map = this.#mapOf(task);
    map.lastEventId += 1;
    const isNew = !map.keys.has(key);
    map.keys.add(key);
    const event = {
      id: map.lastEventId,
      map_sid: map.sid,
      map_revision: String(map.lastEventId),
      item_key: key,
      item_data: data,
      item_url: this.#url(map, key),
      item_revision: String(map.lastEventId),
      date_created: new Date().toISOString(),
    };
    const happened = { event_type: isNew ? 'map_item_added' : 'map_item_updated', event };
    map.events.push(happened);
    for (const connection of this.#connections) {
      if (connection.subscribed.has(map.sid)) this.#notify(connection, happened);
    }
  }

  #mapOf(task) {
    if (!this.#maps.has(task.sid))
      this.#maps.set(task.sid, {
        sid: makeSid('MP'),
        lastEventId: 0,
        events: [],
        keys: new Set(present(task).map(({ callSid }) => callSid)),
      });
    return this.#maps.get(task.sid);
  }

  #taskOfMap(name) {
    return this.#world.allTasks().find((task) => name === `${task.sid}.CS` || name === this.#mapOf(task).sid);
  }

  #url({ sid }, key) {
    return `https://cds.us1.twilio.com/v3/Maps/${sid}/Items${key ? `/${key}` : ''}`;
  }

  #map(task) {
    const { sids } = this.#world;
    const map = this.#mapOf(task);
    const now = new Date().toISOString();
    return {
      sid: map.sid,
      unique_name: `${task.sid}.CS`,
      url: `https://cds.us1.twilio.com/v3/Maps/${map.sid}`,
      links: { items: this.#url(map) },
      account_sid: sids.account,
      service_sid: sids.syncService,
      revision: String(map.lastEventId),
      last_event_id: map.lastEventId,
      date_created: now,
      date_updated: now,
      date_expires: null,
      created_by: 'system',
    };
  }

  #items(task) {
    const map = this.#mapOf(task);
    const now = new Date().toISOString();
    const item = (key, data) => ({
      key,
      data,
      url: this.#url(map, key),
      last_event_id: map.lastEventId,
      revision: String(map.lastEventId),
      date_created: now,
      date_updated: now,
      account_sid: this.#world.sids.account,
    });
    const participants = present(task).map((leg) => item(leg.callSid, this.#participant(task, leg)));
    const conference = item('conf_status', { status: 'started', conference_sid: task.conferenceSid });
    return {
      items: [conference, ...participants],
      meta: { next_token: null, previous_token: null, direction: 'forward', sync_key: null },
    };
  }

  #participant(task, { type, callSid, status, hold, muted, workerSid, reservationSid }) {
    return {
      participant_type: type,
      conference_sid: task.conferenceSid,
      call_sid: callSid,
      status,
      hold,
      muted,
      end_conference_on_exit: type !== 'supervisor',
      ...(workerSid && { worker_sid: workerSid }),
      ...(reservationSid && { reservation_sid: reservationSid }),
    };
  }
}
