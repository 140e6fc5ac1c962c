import { carryAlerts } from '../src/delivery/courier';
import { loadEngine } from '../src/engine';
import { fakeLocks } from './fakes';

const WORKER = 'WK00000000000000000000000000000001';
const URI = 'https://functions.example.test/';
const SHORT_CALL = { packetsLost: 0, packetsReceived: 50, bytesReceived: 8000, bytesSent: 8000 };

let Monitor;
let requests;
let answer;
let session;
let said;
let listening;

beforeAll(async () => {
  Monitor = await loadEngine();
});

beforeEach(() => {
  said = [];
  ['warn', 'error'].forEach((level) =>
    jest.spyOn(console, level).mockImplementation((...parts) => said.push(parts.join(' '))),
  );
  requests = [];
  answer = () => new Response('{}', { status: 200 });
  session = { token: 'a-token', workerSid: WORKER };
  window.fetch = jest.fn(async (url, options) => {
    requests.push({ url, ...options, body: Object.fromEntries(options.body) });
    return answer(requests.length);
  });
  navigator.locks = fakeLocks();
  // The pages of one test end with it.
  listening = [];
  const add = window.addEventListener.bind(window);
  jest.spyOn(window, 'addEventListener').mockImplementation((...listener) => {
    listening.push(listener);
    add(...listener);
  });
  jest.useFakeTimers('modern');
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
  listening.forEach((listener) => window.removeEventListener(...listener));
  localStorage.clear();
  delete navigator.locks;
});

/** A tab of the agent's browser. */
function open(tab = 'one') {
  let courier;
  const monitor = new Monitor({ attributes: {}, workerSid: WORKER, tab, serverlessUri: URI }, (effect) => {
    if (effect.type === 'alert') courier.send();
  });
  courier = carryAlerts({
    monitor,
    tab,
    serverlessUri: URI,
    readSession: () => session,
  });
  return { monitor, courier };
}

function takeCall({ monitor }, n = 1) {
  const call = monitor.incoming('INCOMING', `CA0000000000000000000000000000000${n}`, '+15555550101', '+15555550199');
  monitor.accept(call, false);
  monitor.sample(call, SHORT_CALL);
  return call;
}

const shortCall = (tab, n) => tab.monitor.disconnect(takeCall(tab, n));

/** Lets promises settle that were waiting for each other. */
async function settle() {
  for (let n = 0; n < 30; n += 1) await Promise.resolve();
  await new Promise((resolve) => {
    jest.requireActual('timers').setImmediate(resolve);
  });
  for (let n = 0; n < 30; n += 1) await Promise.resolve();
}

async function pass(seconds) {
  for (let n = 0; n < seconds; n += 1) {
    jest.advanceTimersByTime(1000);
    await settle();
  }
}

test('an alert is posted once, as a form with the token, the fields of 2021 and the document', async () => {
  const tab = open();
  await settle();
  shortCall(tab);
  await settle();
  await pass(60);
  expect(requests).toHaveLength(1);
  const [{ url, method, body }] = requests;
  expect([url, method]).toEqual(['https://functions.example.test/respond-to-issue', 'POST']);
  expect(body).toMatchObject({
    Token: 'a-token',
    issues: 'short call',
    callerId: '+15555550101',
    dnis: '+15555550199',
    action: 'log-call',
  });
  expect(Object.keys(body).sort()).toEqual(['Token', 'action', 'alert', 'callerId', 'dnis', 'issues']);
  expect(JSON.parse(body.alert)).toMatchObject({ version: 1, callerId: '+15555550101', workerSid: WORKER });
  expect(body.alert).not.toContain('a-token');
  expect(localStorage).toHaveLength(0);
});

test('a server that redirects is not followed: no other gets the token, and no other page counts as its answer', async () => {
  answer = () => {
    if (requests[requests.length - 1].redirect === 'error') throw new TypeError('redirected');
    return new Response('<html>', { status: 200 });
  };
  const tab = open();
  await settle();
  shortCall(tab);
  await pass(3);
  expect(requests.length).toBeGreaterThan(0);
  expect(Object.keys(localStorage).filter((key) => /\/alert\//.test(key))).toHaveLength(1);
});

test('a server that fails gets the alert again, and the token of that moment with it', async () => {
  answer = (n) => new Response('{}', { status: n < 3 ? 500 : 200 });
  const tab = open();
  await settle();
  shortCall(tab);
  await settle();
  session.token = 'a-fresh-token';
  await pass(8);
  expect(requests.map(({ body }) => body.Token)).toEqual(['a-token', 'a-fresh-token', 'a-fresh-token']);
  expect(localStorage).toHaveLength(0);
});

test('a server that asks to be left alone is, whether the header or the body says so', async () => {
  for (const make of [
    () => new Response('busy', { status: 429, headers: { 'Retry-After': '30' } }),
    () => new Response('{"error":"busy","retryAfter":30}', { status: 503 }),
  ]) {
    requests = [];
    answer = (n) => (n === 1 ? make() : new Response('{}'));
    const tab = open();
    await settle();
    shortCall(tab);
    await pass(28);
    expect(requests).toHaveLength(1);
    await pass(12);
    expect(requests).toHaveLength(2);
  }
});

async function passDays(days) {
  for (let hour = 0; hour < 24 * days; hour += 1) {
    jest.advanceTimersByTime(3600000);
    await settle();
  }
}

test.each([
  ['online', true],
  ['offline', false],
])('numbers go after a week also where Flex stays open for days, %s', async (_, onLine) => {
  jest.spyOn(navigator, 'onLine', 'get').mockReturnValue(onLine);
  // Of another worker of this browser, so that nothing of one's own waits.
  const other = new Monitor(
    { attributes: {}, workerSid: 'WK00000000000000000000000000000002', tab: 'other', serverlessUri: URI },
    () => {},
  );
  shortCall({ monitor: other });
  open();
  await settle();
  await passDays(6);
  expect(JSON.stringify(localStorage)).toContain('+15555550101');
  await passDays(1.1);
  expect(JSON.stringify(localStorage)).not.toContain('+1555');
  expect(localStorage).toHaveLength(1);
});

test('why an alert waits is there for the admin', async () => {
  const message = 'Nothing is done without it.';
  answer = () => new Response(JSON.stringify({ error: 'claims-not-set-up', message }), { status: 503 });
  const tab = open();
  await settle();
  shortCall(tab);
  await settle();
  expect(tab.monitor.alerts()).toMatchObject([
    {
      refused: null,
      waiting: expect.stringMatching(/^the claims service is not set up.*Nothing is done without it\.$/),
    },
  ]);
});

test('an expired token waits for another', async () => {
  answer = (n) =>
    n === 1 ? new Response('{"error":"token-expired","message":"Expired."}', { status: 403 }) : new Response('{}');
  const tab = open();
  await settle();
  shortCall(tab);
  await pass(120);
  expect(requests).toHaveLength(1);
  session.token = 'renewed';
  await pass(11);
  expect(requests.map(({ body }) => body.Token)).toEqual(['a-token', 'renewed']);
});

test('a refused alert is kept, with what the server said, and not sent again', async () => {
  answer = () => new Response('{"error":"not-your-call","message":"It was another\'s call."}', { status: 403 });
  const tab = open();
  await settle();
  shortCall(tab);
  await pass(60);
  expect(requests).toHaveLength(1);
  expect(tab.monitor.alerts()).toMatchObject([{ refused: "the server answered 403: It was another's call." }]);
  expect(said.filter((line) => /refused/.test(line))).toHaveLength(1);
  expect(said.join()).not.toContain('+1555');
});

test('a wait that is asked for as a date is kept, and not cut short by a connection that comes and goes', async () => {
  answer = (n) =>
    n === 1
      ? new Response('busy', { status: 503, headers: { 'Retry-After': new Date(Date.now() + 60000).toUTCString() } })
      : new Response('{}');
  const tab = open();
  await settle();
  shortCall(tab);
  for (let n = 0; n < 5; n += 1) {
    await pass(10);
    window.dispatchEvent(new Event('online'));
  }
  expect(requests).toHaveLength(1);
  await pass(20);
  expect(requests).toHaveLength(2);
});

test('offline, nothing is tried until the browser says otherwise', async () => {
  const onLine = jest.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
  const tab = open();
  await settle();
  shortCall(tab);
  await pass(600);
  expect(requests).toEqual([]);
  onLine.mockReturnValue(true);
  window.dispatchEvent(new Event('online'));
  await settle();
  expect(requests).toHaveLength(1);
});

test('no answer at all is tried again, at once when the browser is online again', async () => {
  answer = () => {
    throw new TypeError('Failed to fetch');
  };
  const tab = open();
  await settle();
  shortCall(tab);
  await pass(900);
  const before = requests.length;
  answer = () => new Response('{}');
  window.dispatchEvent(new Event('online'));
  await pass(6);
  expect(requests.length - before).toBe(1);
  expect(localStorage).toHaveLength(0);
});

test('of several tabs one sends, and each alert goes out once', async () => {
  let release;
  answer = (n) =>
    n === 1
      ? new Promise((resolve) => {
          release = () => resolve(new Response('{}'));
        })
      : new Response('{}');
  const [one, two] = [open('one'), open('two')];
  await settle();
  shortCall(one, 1);
  await settle();
  shortCall(two, 2);
  await pass(10);
  expect(requests).toHaveLength(1);
  release();
  await pass(10);
  expect(requests.map(({ body }) => JSON.parse(body.alert).id.slice(-1))).toEqual(['1', '2']);
});

test('a call whose tab has died is alerted by the next one, and not while it lives', async () => {
  const tab = open('one');
  await settle();
  takeCall(tab);
  open('two');
  await settle();
  expect(requests).toEqual([]);
  navigator.locks.die('device-monitoring/tab/one');
  open('three');
  await settle();
  expect(requests).toHaveLength(1);
  expect(JSON.parse(requests[0].body.alert)).toMatchObject({ cutShort: true, reasons: [{ rule: 'shortCall' }] });
});

test('what a tab that died had stored is sent by one that lives', async () => {
  answer = () => new Response('{}', { status: 500 });
  const tab = open('one');
  await settle();
  shortCall(tab);
  await settle();
  const [[key, text]] = Object.entries(localStorage).filter(([name]) => /\/alert\//.test(name));
  localStorage.removeItem(key);
  await pass(20); // the first tab has nothing left, as if it were gone
  requests = [];
  answer = () => new Response('{}');
  localStorage.setItem(key, text);
  window.dispatchEvent(Object.assign(new Event('storage'), { key, newValue: text }));
  await pass(10);
  expect(requests).toHaveLength(1);
});

test('what a closing page leaves goes with it, within what browsers let go', async () => {
  answer = () => new Response('{}', { status: 500 });
  const tab = open();
  await settle();
  for (let n = 1; n < 10; n += 1) shortCall(tab, n);
  takeCall(tab, 0);
  await settle();
  requests = [];
  window.dispatchEvent(Object.assign(new Event('pagehide'), { persisted: false }));
  expect(requests.length).toBeGreaterThan(5);
  expect(requests.every(({ keepalive }) => keepalive)).toBe(true);
  const length = requests.reduce((sum, { body }) => sum + String(new URLSearchParams(body)).length, 0);
  expect(length).toBeLessThanOrEqual(60000);
});

test('at logout alerts go while the token is good, and no number stays behind', async () => {
  answer = () => new Response('{}', { status: 500 });
  const tab = open();
  await settle();
  shortCall(tab);
  await settle();
  expect(JSON.stringify({ ...localStorage })).toContain('+1555');
  requests = [];
  tab.courier.logOut();
  expect(requests).toHaveLength(1);
  expect(JSON.stringify({ ...localStorage })).not.toContain('+1555');
});

test('a call that goes on during a logout leaves no number behind either', async () => {
  answer = () => new Response('{}', { status: 500 });
  const tab = open();
  await settle();
  const call = takeCall(tab);
  tab.courier.logOut();
  await pass(6);
  tab.monitor.disconnect(call);
  window.dispatchEvent(Object.assign(new Event('pagehide'), { persisted: false }));
  await settle();
  expect(JSON.stringify({ ...localStorage })).toContain('alert-CA');
  expect(JSON.stringify({ ...localStorage })).not.toContain('+1555');
});

test('without an address to send to, nothing is kept, and it is said', async () => {
  const monitor = new Monitor({ attributes: {}, workerSid: WORKER, tab: 'one' }, () => {});
  monitor.disconnect(takeCall({ monitor }));
  expect(localStorage).toHaveLength(0);
  expect(said.join()).toContain('REACT_APP_SERVERLESS_URI');
});

test('another worker in the same browser sends nothing of the first', async () => {
  session = { token: 'anothers', workerSid: 'WK00000000000000000000000000000002' };
  const tab = open();
  await settle();
  shortCall(tab);
  await pass(60);
  expect(requests).toEqual([]);
  expect(localStorage).toHaveLength(1);
});

test('a storage that is full is said once, and the alert goes out all the same', async () => {
  answer = (n) => new Response('{}', { status: n < 2 ? 500 : 200 });
  const tab = open();
  await settle();
  jest.spyOn(Object.getPrototypeOf(localStorage), 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  shortCall(tab);
  await pass(6);
  expect(requests).toHaveLength(2);
  expect(said.filter((line) => /storage is full/.test(line))).toHaveLength(1);
});

test('where the browser forbids storage and locks alike, alerts are sent all the same', async () => {
  const denied = async () => {
    throw new DOMException('The request was denied.', 'SecurityError');
  };
  navigator.locks = { request: denied, query: denied };
  jest.spyOn(window, 'localStorage', 'get').mockImplementation(() => {
    throw new DOMException('Access is denied for this document.', 'SecurityError');
  });
  const tab = open();
  await settle();
  shortCall(tab);
  await settle();
  expect(requests).toHaveLength(1);
  expect(said.filter((line) => /storage is full or forbidden/.test(line))).toHaveLength(1);
  jest.restoreAllMocks();
});

test('without Web Locks alerts are sent all the same', async () => {
  delete navigator.locks;
  const tab = open();
  await settle();
  shortCall(tab);
  await settle();
  expect(requests).toHaveLength(1);
});
