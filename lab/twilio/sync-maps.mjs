// What clients of Twilio Sync read of the floor's maps, over Twilsock: the maps that the Function writes by the API
// (plugin-serverless/test/support/twilio/sync-maps.cjs), with their limits. Who may read them is in the token, which
// `floor-token` has signed, and in each map's permissions.
import { createHmac, timingSafeEqual } from 'node:crypto';

const CDS = 'https://cds.us1.twilio.com';
const OK = { code: 200, status: 'OK' };
const PATH = /^\/v3\/Maps\/([^/]+)(\/Items)?$/;
/** Between a client's answer and what it subscribed to: it has to know the correlation id first. */
const AFTER_REPLY_MS = 20;
/** Of those of a map that a client may have missed between reading and subscribing. */
const MAX_EVENTS = 1000;

const refused = (code, status, error, message) => ({
  status: { code, status },
  body: { status: code, code: error, message },
});
const iso = (moment) => new Date(moment).toISOString();
const expiry = (moment) => (Number.isFinite(moment) ? iso(moment) : null);
const decoded = (part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));

export class FloorReaders {
  #maps;
  #serviceSid;
  #secret;
  #notify;
  /** connection → {identity, subscribed: Set of the maps' SIDs} */
  #readers = new Map();
  /** a map's SID → what happened to it */
  #events = new Map();

  /**
   * @param {{maps: object, serviceSid: string, secret: string}} floor
   * @param {(connection: object, body: object) => void} notify
   */
  constructor({ maps, serviceSid, secret }, notify) {
    this.#maps = maps;
    this.#serviceSid = serviceSid;
    this.#secret = secret;
    this.#notify = notify;
    maps.on('item', ({ map, item, isNew }) =>
      this.#happened(map, isNew ? 'map_item_added' : 'map_item_updated', {
        id: item.event,
        item_key: item.key,
        item_data: item.data,
        item_url: this.#url(map, item.key),
        item_revision: String(item.revision),
        date_created: iso(item.dateUpdated),
        date_expires: expiry(item.expires),
      }),
    );
    maps.on('removed', ({ map, key, event }) =>
      this.#happened(map, 'map_item_removed', { id: event, item_key: key, date_created: iso(Date.now()) }),
    );
  }

  /** Whoever shows a token for the floor's service reads from now on under its identity. */
  admit(connection, token) {
    const identity = this.#identityOf(token);
    if (identity)
      this.#readers.set(connection, { subscribed: this.#readers.get(connection)?.subscribed ?? new Set(), identity });
  }

  has(connection) {
    return this.#readers.has(connection);
  }

  leave(connection) {
    this.#readers.delete(connection);
  }

  /** @returns {{status: {code: number, status: string}, body: object}} */
  answer(connection, { method, path, params = {} }, payload) {
    const { pathname } = new URL(path, CDS);
    // Twilsock passes what an address has behind its path by itself: a value or several, by name.
    const searchParams = new URLSearchParams(
      Object.entries(params).flatMap(([name, values]) =>
        [values].flat().map((value) => [name, decodeURIComponent(value)]),
      ),
    );
    if (pathname.endsWith('/Telemetry/Events')) return { status: OK, body: {} };
    if (pathname.endsWith('/v4/Subscriptions')) return { status: OK, body: this.#subscribe(connection, payload) };
    const [, name, items] = PATH.exec(pathname) ?? [];
    const map = name && this.#maps.find(decodeURIComponent(name));
    if (!map) return refused(404, 'NOT FOUND', 54100, 'Map not found');
    if (method !== 'GET' || !this.#maps.mayRead(map.uniqueName, this.#readers.get(connection).identity))
      return refused(403, 'FORBIDDEN', 54007, 'Access forbidden for identity');
    try {
      return { status: OK, body: items ? this.#items(map, searchParams) : this.#map(map) };
    } catch ({ status, code, message }) {
      return refused(status, 'REFUSED', code, message);
    }
  }

  #identityOf(token) {
    const [header, claims, signature] = String(token ?? '').split('.');
    try {
      const { exp, grants } = decoded(claims);
      if (grants?.data_sync?.service_sid !== this.#serviceSid || exp * 1000 <= Date.now()) return undefined;
      const own = createHmac('sha256', this.#secret).update(`${header}.${claims}`).digest();
      return timingSafeEqual(own, Buffer.from(signature, 'base64url')) ? grants.identity : undefined;
    } catch {
      return undefined; // Flex's own token
    }
  }

  /**
   * @param {object} connection
   * @param {{action?: string, correlation_id?: number, requests?: object[]}} [payload]
   */
  #subscribe(connection, { action, correlation_id: correlationId, requests = [] } = {}) {
    const reader = this.#readers.get(connection);
    for (const { object_sid: sid, object_type: type, last_event_id: known = 0 } of requests) {
      if (action !== 'establish') reader.subscribed.delete(sid);
      setTimeout(() => {
        const event = {
          object_sid: sid,
          object_type: type,
          replay_status: 'completed',
          last_event_id: this.#maps.find(sid)?.revision ?? 0,
        };
        const eventType = action === 'establish' ? 'subscription_established' : 'subscription_canceled';
        this.#notify(connection, { event_type: eventType, correlation_id: correlationId, event });
        if (action !== 'establish') return;
        const missed = (this.#events.get(sid) ?? []).filter(({ event: { id } }) => id > known);
        for (const happened of missed) this.#notify(connection, happened);
        reader.subscribed.add(sid);
      }, AFTER_REPLY_MS);
    }
    return { max_batch_size: 100, estimated_delivery_in_ms: 60_000 };
  }

  #happened(map, eventType, event) {
    const happened = {
      event_type: eventType,
      event: { map_sid: map.sid, map_revision: String(map.revision), ...event },
    };
    const events = this.#events.get(map.sid) ?? [];
    this.#events.set(map.sid, [...events.slice(-MAX_EVENTS), happened]);
    for (const [connection, { subscribed }] of this.#readers)
      if (subscribed.has(map.sid)) this.#notify(connection, happened);
  }

  #url({ sid }, key) {
    return `${CDS}/v3/Maps/${sid}/Items${key ? `/${encodeURIComponent(key)}` : ''}`;
  }

  #map(map) {
    return {
      sid: map.sid,
      unique_name: map.uniqueName,
      url: `${CDS}/v3/Maps/${map.sid}`,
      links: { items: this.#url(map) },
      service_sid: this.#serviceSid,
      revision: String(map.revision),
      last_event_id: map.revision,
      date_created: iso(map.dateCreated),
      date_updated: iso(map.dateCreated),
      date_expires: expiry(map.expires),
      created_by: 'system',
    };
  }

  #items(map, parameters) {
    const token = parameters.get('PageToken');
    const { items, next } = this.#maps.listItems(map.uniqueName, {
      from: token ?? parameters.get('From'),
      bounds: token ? 'exclusive' : 'inclusive',
      order: parameters.get('Order') ?? 'asc',
      size: Number(parameters.get('PageSize')) || 50,
    });
    return {
      items: items.map(({ key, data, revision, event, expires, dateUpdated }) => ({
        key,
        data,
        url: this.#url(map, key),
        last_event_id: event,
        revision: String(revision),
        date_updated: iso(dateUpdated),
        date_expires: expiry(expires),
      })),
      meta: { next_token: next, previous_token: null, direction: 'forward', sync_key: null },
    };
  }
}
