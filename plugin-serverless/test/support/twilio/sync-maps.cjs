'use strict';

/**
 * Maps of a Sync service, with Twilio's limits: what is asked too often is answered 429, as is one item too large.
 *
 *   20 writes and 20 reads a second of a whole map, counted over ten seconds; an item of more than 1 KiB counts for more,
 *   so that of 10 KiB two a second are left
 *   16 KiB an item, 320 characters a key or name
 */
const { EventEmitter } = require('node:events');
const { makeSid } = require('./sids.cjs');

const ITEM_MAX_BYTES = 16_384;
const NAME_MAX_LENGTH = 320;
const A_SECOND = 20;
const WINDOW_MS = 10_000;
const LIGHT_BYTES = 1_024;
const HEAVY_BYTES = 10_240;
const HEAVY_COST = 10;
const PAGE_MAX = 100;

class SyncError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const notFound = () => new SyncError(404, 20404, 'The requested resource was not found');

/** How many requests an operation on an item of so many bytes counts for. */
const costOf = (bytes) =>
  bytes <= LIGHT_BYTES ? 1 : 1 + ((HEAVY_COST - 1) * (bytes - LIGHT_BYTES)) / (HEAVY_BYTES - LIGHT_BYTES);

/** A sliding window of ten seconds. */
class Window {
  #spent = [];
  #sum = 0;

  clear() {
    this.#spent = [];
    this.#sum = 0;
  }

  /** Whether there was room for it. */
  spend(cost) {
    const now = Date.now();
    while (this.#spent.length > 0 && this.#spent[0].at <= now - WINDOW_MS) this.#sum -= this.#spent.shift().cost;
    if (this.#sum + cost > A_SECOND * (WINDOW_MS / 1000)) return false;
    this.#spent.push({ at: now, cost });
    this.#sum += cost;
    return true;
  }
}

/** Emits `item` {map, key, item, isNew} and `removed` {map, key, event} of what happens, for whoever is subscribed. */
class SyncMaps extends EventEmitter {
  /** unique name → map */
  #maps = new Map();
  /** How often something was refused as too much. */
  refused = 0;

  constructor() {
    super();
    this.setMaxListeners(0);
  }

  /** By SID or unique name. */
  find(name) {
    return this.#maps.get(name) ?? [...this.#maps.values()].find(({ sid }) => sid === name);
  }

  all() {
    return [...this.#maps.values()];
  }

  /** As if the last ten seconds were over. */
  forgive() {
    for (const { writes, reads } of this.#maps.values()) {
      writes.clear();
      reads.clear();
    }
  }

  create(uniqueName, ttl) {
    if (uniqueName.length > NAME_MAX_LENGTH) throw new SyncError(400, 54302, 'Invalid unique name');
    if (this.#maps.has(uniqueName)) throw new SyncError(409, 54301, 'Unique name already exists');
    const map = {
      sid: makeSid('MP'),
      uniqueName,
      items: new Map(),
      revision: 0,
      expires: ttl ? Date.now() + ttl * 1000 : Infinity,
      /** identity → {read, write, manage} */
      permissions: new Map(),
      writes: new Window(),
      reads: new Window(),
      dateCreated: new Date(),
    };
    this.#maps.set(uniqueName, map);
    return map;
  }

  remove(name) {
    const map = this.#map(name);
    this.#maps.delete(map.uniqueName);
  }

  permit(name, identity, { read, write, manage }) {
    const map = this.#map(name);
    map.permissions.set(identity, { read, write, manage });
    return map;
  }

  /** Whether an identity may read a map: nobody may who was not permitted to. */
  mayRead(name, identity) {
    return this.#map(name).permissions.get(identity)?.read === true;
  }

  createItem(name, { key, text, ttl }) {
    const map = this.#map(name);
    this.#check(key, text);
    this.#write(map, text);
    if (this.#item(map, key)) throw new SyncError(409, 54208, 'An Item with given key already exists in the Map');
    return this.#put(map, key, text, ttl, 0);
  }

  updateItem(name, key, { text, ttl, ifMatch }) {
    const map = this.#map(name);
    this.#check(key, text);
    this.#write(map, text);
    const item = this.#item(map, key);
    if (!item) throw notFound();
    if (ifMatch !== undefined && ifMatch !== String(item.revision))
      throw new SyncError(412, 54103, 'The revision of the Item does not match the expected revision');
    return this.#put(map, key, text, ttl, item.revision + 1);
  }

  fetchItem(name, key) {
    const map = this.#map(name);
    this.#read(map);
    const item = this.#item(map, key);
    if (!item) throw notFound();
    return item;
  }

  removeItem(name, key) {
    const map = this.#map(name);
    this.#write(map, '');
    if (!this.#item(map, key)) throw notFound();
    this.#forget(map, key);
  }

  /** @returns {{items: object[], next: string | null}} in the order of their keys */
  listItems(name, { from, bounds = 'inclusive', order = 'asc', size = 50 }) {
    const map = this.#map(name);
    this.#read(map);
    const sign = order === 'desc' ? -1 : 1;
    const isWithin = (key) => {
      if (from === undefined || from === null) return true;
      if (key === from) return bounds === 'inclusive';
      return (key < from ? -1 : 1) === sign;
    };
    const keys = [...map.items.keys()].filter((key) => isWithin(key) && this.#item(map, key));
    keys.sort((one, other) => (one < other ? -sign : sign));
    const page = keys.slice(0, Math.min(size, PAGE_MAX));
    const next = keys.length > page.length ? page.at(-1) : null;
    return { items: page.map((key) => map.items.get(key)), next };
  }

  #map(name) {
    const map = this.find(name);
    if (map && map.expires <= Date.now()) this.#maps.delete(map.uniqueName);
    if (!map || map.expires <= Date.now()) throw notFound();
    return map;
  }

  #item(map, key) {
    const item = map.items.get(key);
    if (!item || item.expires > Date.now()) return item;
    this.#forget(map, key);
    return undefined;
  }

  #forget(map, key) {
    map.revision += 1;
    map.items.delete(key);
    this.emit('removed', { map, key, event: map.revision });
  }

  #put(map, key, text, ttl, revision) {
    // By the clock that a test may put on.
    const now = new Date(Date.now());
    map.revision += 1;
    const item = {
      key,
      data: JSON.parse(text),
      revision,
      /** Which of the map's events it comes from. */
      event: map.revision,
      expires: ttl ? now.getTime() + ttl * 1000 : Infinity,
      dateCreated: map.items.get(key)?.dateCreated ?? now,
      dateUpdated: now,
    };
    const isNew = !map.items.has(key);
    map.items.set(key, item);
    this.emit('item', { map, key, item, isNew });
    return item;
  }

  #check(key, text) {
    if (!key || key.length > NAME_MAX_LENGTH) throw new SyncError(400, 54209, 'Invalid map key');
    if (Buffer.byteLength(text) > ITEM_MAX_BYTES) throw new SyncError(413, 54006, 'Request entity too large');
  }

  #write(map, text) {
    if (!map.writes.spend(costOf(Buffer.byteLength(text)))) throw this.#tooOften();
  }

  #read(map) {
    if (!map.reads.spend(1)) throw this.#tooOften();
  }

  #tooOften() {
    this.refused += 1;
    return new SyncError(429, 54009, 'Rate limit exceeded');
  }
}

module.exports = { SyncError, SyncMaps };
