// The stand-in of Sync as a client reads it: who may, what, and what is told as it happens.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';
import mapsModule from '../../plugin-serverless/test/support/twilio/sync-maps.cjs';
import { FloorReaders } from '../twilio/sync-maps.mjs';

const SERVICE = 'IS00000000000000000000000000000002';
const SECRET = 'a-secret';
const IDENTITY = 'a-supervisor';

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function tokenFor({ identity = IDENTITY, service = SERVICE, secret = SECRET, expiresIn = 3600 } = {}) {
  const exp = Math.floor(Date.now() / 1000) + expiresIn;
  const text = `${part({ alg: 'HS256' })}.${part({ exp, grants: { identity, data_sync: { service_sid: service } } })}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** A map with two items that the identity may read, one that it may not, and a connection. */
function floor() {
  const maps = new mapsModule.SyncMaps();
  const told = [];
  const readers = new FloorReaders({ maps, serviceSid: SERVICE, secret: SECRET }, (_, body) => told.push(body));
  const open = maps.create('open');
  maps.permit('open', IDENTITY, { read: true, write: false, manage: false });
  maps.create('closed');
  maps.createItem('open', { key: 'a', text: '1' });
  maps.createItem('open', { key: 'b', text: '2' });
  const connection = {};
  // As Twilsock sends it: what is behind the path, by itself.
  const get = (address) => {
    const { origin, pathname, searchParams } = new URL(`https://cds.us1.twilio.com/v3${address}`);
    const params = Object.fromEntries([...searchParams].map(([name, value]) => [name, encodeURIComponent(value)]));
    return readers.answer(connection, { method: 'GET', path: `${origin}${pathname}`, params });
  };
  return { maps, open, readers, connection, told, get };
}

test('a token that the Function has not signed, of another service or that has expired opens nothing', () => {
  const { readers, connection } = floor();
  for (const wrong of [{ secret: 'another' }, { service: 'IS00000000000000000000000000000001' }, { expiresIn: -1 }]) {
    readers.admit(connection, tokenFor(wrong));
    assert.equal(readers.has(connection), false, JSON.stringify(wrong));
  }
  for (const none of [undefined, '', 'a.b.c', 'a-flex-token']) {
    readers.admit(connection, none);
    assert.equal(readers.has(connection), false);
  }
});

test('an identity reads the maps that it is permitted to, page by page, and no others', () => {
  const { readers, connection, get } = floor();
  readers.admit(connection, tokenFor());
  assert.equal(get('/Maps/open').body.unique_name, 'open');
  const first = get('/Maps/open/Items?PageSize=1').body;
  assert.deepEqual([first.items[0].key, first.items[0].data], ['a', 1]);
  const second = get(`/Maps/open/Items?PageSize=1&PageToken=${first.meta.next_token}`).body;
  assert.deepEqual([second.items[0].key, second.meta.next_token], ['b', null]);
  assert.deepEqual(
    get('/Maps/open/Items?From=aa').body.items.map(({ key }) => key),
    ['b'],
  );
  assert.equal(get('/Maps/closed').status.code, 403);
  assert.equal(get('/Maps/absent').status.code, 404);
});

test('nobody writes over it, whatever the token', () => {
  const { readers, connection, maps } = floor();
  readers.admit(connection, tokenFor());
  for (const method of ['PUT', 'POST', 'DELETE']) {
    const { status } = readers.answer(connection, { method, path: 'https://cds.us1.twilio.com/v3/Maps/open/Items' });
    assert.equal(status.code, 403);
  }
  assert.equal(maps.find('open').items.size, 2);
});

test('who subscribes is told what they have missed and what happens then', async () => {
  const { readers, connection, maps, open, told } = floor();
  readers.admit(connection, tokenFor());
  const requests = [{ object_sid: open.sid, object_type: 'map', last_event_id: 1 }];
  readers.answer(
    connection,
    { method: 'POST', path: 'https://cds.us1.twilio.com/v4/Subscriptions' },
    { action: 'establish', correlation_id: 7, requests },
  );
  await new Promise((resolve) => {
    const looking = setInterval(() => {
      if (told.length < 2) return;
      clearInterval(looking);
      resolve();
    });
  });
  maps.updateItem('open', 'a', { text: '3' });
  maps.removeItem('open', 'b');
  assert.deepEqual(
    told.map(({ event_type: type, event }) => [type, event.item_key]),
    [
      ['subscription_established', undefined],
      ['map_item_added', 'b'],
      ['map_item_updated', 'a'],
      ['map_item_removed', 'b'],
    ],
  );
});

test('reads are limited as Twilio limits them', () => {
  const { readers, connection, get } = floor();
  readers.admit(connection, tokenFor());
  const statuses = Array.from({ length: 201 }, () => get('/Maps/open/Items').status.code);
  assert.deepEqual([statuses[0], statuses[199], statuses[200]], [200, 200, 429]);
});
