'use strict';

/** Twilio's API of Sync Maps, over sync-maps.cjs: rows of the table in operations.cjs. */
const { SyncError } = require('./sync-maps.cjs');

const MAPS = '/v1/Services/(?<service>[^/]+)/Maps';
const MAP = `${MAPS}/(?<map>[^/]+)`;
const ITEMS = `${MAP}/Items`;

const json = (status, body, headers = {}) => ({ status, body, headers });
const seconds = (date) => `${date.toISOString().slice(0, 19)}Z`;

const mapBody = ({ sid, uniqueName, revision, dateCreated }) => ({
  sid,
  unique_name: uniqueName,
  revision: String(revision),
  date_created: seconds(dateCreated),
});

const itemBody = ({ key, data, revision, dateCreated, dateUpdated }) => ({
  key,
  data,
  revision: String(revision),
  date_created: seconds(dateCreated),
  date_updated: seconds(dateUpdated),
});

/** What Sync answers; `perform` gets the maps of the service. */
const onMaps =
  (perform) =>
  (world, { service, fields, headers, ...parameters }) => {
    const found = world.serviceOf(service);
    if (!found) return json(404, { code: 20404, message: 'The requested resource was not found', status: 404 });
    try {
      return perform({
        maps: found.maps,
        fields,
        headers,
        key: decodeURIComponent(parameters.key ?? ''),
        ...parameters,
      });
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      const { status, code, message } = error;
      return json(status, { code, message, status });
    }
  };

const valueOf = ({ Data, Ttl }) => ({ text: Data, ttl: Ttl ? Number(Ttl) : undefined });

/** @type {[string, string, string, string, (world: object, request: object) => object][]} */
const MAP_OPERATIONS = [
  [
    'sync.maps.create',
    'sync',
    'POST',
    MAPS,
    onMaps(({ maps, fields }) => json(201, mapBody(maps.create(fields.UniqueName, Number(fields.Ttl) || undefined)))),
  ],
  [
    'sync.maps.list',
    'sync',
    'GET',
    MAPS,
    onMaps(({ maps }) => json(200, { maps: maps.all().map(mapBody), meta: { key: 'maps', next_page_url: null } })),
  ],
  [
    'sync.items.create',
    'sync',
    'POST',
    ITEMS,
    onMaps(({ maps, map, fields }) =>
      json(201, itemBody(maps.createItem(map, { key: fields.Key, ...valueOf(fields) }))),
    ),
  ],
  [
    'sync.items.list',
    'sync',
    'GET',
    ITEMS,
    onMaps(({ maps, map, fields }) => {
      const { items, next } = maps.listItems(map, {
        from: fields.PageToken ?? fields.From,
        bounds: fields.PageToken ? 'exclusive' : fields.Bounds,
        order: fields.Order,
        size: Number(fields.PageSize) || 50,
      });
      const nextPage = next && `https://sync.twilio.com${MAPS}?PageToken=${encodeURIComponent(next)}`;
      return json(200, { items: items.map(itemBody), meta: { key: 'items', next_page_url: nextPage } });
    }),
  ],
  [
    'sync.items.fetch',
    'sync',
    'GET',
    `${ITEMS}/(?<key>[^/]+)`,
    onMaps(({ maps, map, key }) => json(200, itemBody(maps.fetchItem(map, key)))),
  ],
  [
    'sync.items.update',
    'sync',
    'POST',
    `${ITEMS}/(?<key>[^/]+)`,
    onMaps(({ maps, map, key, fields, headers }) =>
      json(200, itemBody(maps.updateItem(map, key, { ...valueOf(fields), ifMatch: headers['if-match'] }))),
    ),
  ],
  [
    'sync.items.remove',
    'sync',
    'DELETE',
    `${ITEMS}/(?<key>[^/]+)`,
    onMaps(({ maps, map, key }) => {
      maps.removeItem(map, key);
      return json(204);
    }),
  ],
  [
    'sync.permissions.update',
    'sync',
    'POST',
    `${MAP}/Permissions/(?<identity>[^/]+)`,
    onMaps(({ maps, map, identity, fields }) => {
      const permission = {
        read: fields.Read === 'true',
        write: fields.Write === 'true',
        manage: fields.Manage === 'true',
      };
      maps.permit(map, decodeURIComponent(identity), permission);
      return json(200, { identity, ...permission });
    }),
  ],
];

module.exports = { MAP_OPERATIONS };
