import { followMaps } from '../admin-view/src/floor/maps';

const MINUTE = 60_000;

/** The connections to Sync that were made, the newest last. */
const mockClients = [];
jest.mock('twilio-sync', () => ({
  SyncClient: class {
    constructor() {
      this.listeners = {};
      this.tokens = [];
      mockClients.push(this);
    }

    on(event, listener) {
      this.listeners[event] = listener;
    }

    async updateToken(token) {
      this.tokens.push(token);
    }

    shutdown() {
      this.isOver = true;
    }
  },
}));

const pass = async (ms) => {
  jest.advanceTimersByTime(ms);
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

let answers;
let asked;
const follow = () => {
  const renew = async () => {
    asked += 1;
    const answer = answers.shift();
    if (!answer) throw new Error('the Function was not reached');
    return answer;
  };
  const access = { token: 'first', beats: [], cards: [] };
  return followMaps({ access, from: 0, engine: {}, changed: () => {}, renew, onConnection: () => {} });
};

beforeEach(() => {
  jest.useFakeTimers('modern');
  mockClients.length = 0;
  asked = 0;
});
afterEach(() => jest.useRealTimers());

// Sync says once that a token has expired, and does not connect again by itself.
test('a token is asked for until there is one', async () => {
  answers = [undefined, undefined, 'second'];
  const maps = await follow();
  const [client] = mockClients;
  client.listeners.tokenExpired();
  for (let times = 0; times < 5; times += 1) await pass(MINUTE);
  expect([client.tokens, asked]).toEqual([['second'], 3]);
  await pass(60 * MINUTE);
  expect(asked).toBe(3);
  maps.close();
});

test('both words about a token that expires have one asked for at a time, and none once the floor is closed', async () => {
  answers = [];
  const maps = await follow();
  const [client] = mockClients;
  client.listeners.tokenAboutToExpire();
  client.listeners.tokenExpired();
  await pass(0);
  const before = asked;
  await pass(30_000);
  expect(asked).toBe(before + 1);
  maps.close();
  await pass(60 * MINUTE);
  expect([asked, client.isOver]).toEqual([before + 1, true]);
});
