import React from 'react';
import { act } from 'react-dom/test-utils';

import { translator } from '../admin-view/src/text';
import { ForgetWorker } from '../admin-view/src/ui/floor/ForgetWorker';
import { Outcome } from '../admin-view/src/ui/floor/ActionOutcomes';
import { useLiveConfiguration } from '../admin-view/src/ui/useLiveConfiguration';
import { themedPage } from './themedPage';

jest.mock('@twilio-paste/core/alert-dialog', () => ({
  AlertDialog: ({ isOpen, onConfirm, onConfirmLabel }) => {
    const { createElement } = jest.requireActual('react');
    return isOpen ? createElement('button', { type: 'button', onClick: onConfirm, id: 'yes' }, onConfirmLabel) : null;
  },
}));

const t = translator();
const page = themedPage();
const access = {
  environment: { serverlessUri: 'https://functions.example.com' },
  roles: ['admin'],
  session: () => ({ token: 'a-token' }),
};
const answers = (status, text) => {
  window.fetch = async () => new Response(text, { status });
};
const settled = () => act(async () => {});

afterEach(() => {
  jest.useRealTimers();
  delete window.fetch;
});

/** Answers that no Function of ours gives, with whatever status: of a proxy, a gateway, or another server. */
const OF_OTHERS = [
  [200, '<h1>Sign in to the network</h1>'],
  [200, '{}'],
  [200, '[]'],
  [200, '"ok"'],
  [200, '{"message":"ok","removed":"all","alerts":"none","state":"read","places":{}}'],
  [502, '{"message":"runtime application timed out"}'],
  [403, '{"message":"blocked"}'],
];

test.each(OF_OTHERS)('an answer of somebody else (%s %s) does not say that anything was deleted', async (...answer) => {
  answers(...answer);
  const say = jest.fn();
  page.show(<ForgetWorker access={access} worker={`WK${'0'.repeat(32)}`} agent="Kim" say={say} />);
  page.findAll('button').forEach((button) => act(() => button.click()));
  act(() => page.findAll('#yes')[0].click());
  await settled();
  expect(say.mock.calls).toEqual([[expect.stringMatching(/^Not everything could be deleted/), 'error']]);
});

test.each(OF_OTHERS)('an answer of somebody else (%s %s) does not say that nothing was done', async (...answer) => {
  answers(...answer);
  page.show(<Outcome access={access} callSid={`CA${'0'.repeat(32)}`} />);
  await settled();
  expect(page.text()).not.toBe('');
  expect(page.text()).not.toBe(t('outcomeNone'));
});

test.each(OF_OTHERS)('an answer of somebody else (%s %s) does not say that a change is live', async (...answer) => {
  answers(200, '{"state":"read","places":{"attributes":{"block":null,"version":{}}},"history":[]}');
  let live;
  let write;
  function Live() {
    ({ live, write } = useLiveConfiguration(access));
    return null;
  }
  page.show(<Live />);
  await settled();
  expect(live.state).toBe('ready');
  answers(...answer);
  let written;
  await act(async () => {
    written = await write({ alertAgent: true });
  });
  expect(written.state).toBe('unknown');
  expect(written.error).toBeTruthy();
  expect(live).toMatchObject({ state: 'ready', block: null });
});

test.each([
  ['is not reached', () => Promise.reject(new Error('no network'))],
  ['cannot ask Twilio', async () => new Response('{"error":"busy","message":"Later."}', { status: 503 })],
])('a Function that %s when the configuration is read is asked again', async (_what, fail) => {
  jest.useFakeTimers();
  window.fetch = fail;
  let live;
  function Live() {
    ({ live } = useLiveConfiguration(access));
    return null;
  }
  page.show(<Live />);
  await settled();
  expect(live.state).toBe('closed');
  answers(200, '{"state":"read","places":{"attributes":{"block":"{}","version":{}}},"history":[]}');
  await act(async () => jest.advanceTimersByTime(30_000));
  await settled();
  expect(live).toMatchObject({ state: 'ready', block: {} });
});

test('who is no admin does not become one by being asked about again', async () => {
  jest.useFakeTimers();
  let asked = 0;
  window.fetch = async () => {
    asked += 1;
    return new Response('{"error":"not-an-admin","message":"No."}', { status: 403 });
  };
  function Live() {
    useLiveConfiguration(access);
    return null;
  }
  page.show(<Live />);
  await settled();
  await act(async () => jest.advanceTimersByTime(3_600_000));
  expect(asked).toBe(1);
});

test('a Function that never answers is waited for half a minute', async () => {
  jest.useFakeTimers();
  window.fetch = (_address, { signal }) =>
    new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(new Error('aborted')));
    });
  page.show(<Outcome access={access} callSid={`CA${'0'.repeat(32)}`} />);
  await act(async () => {
    jest.advanceTimersByTime(29_000);
  });
  expect(page.text()).toBe('');
  await act(async () => {
    jest.advanceTimersByTime(2_000);
  });
  expect(page.text()).toContain('aborted');
});

describe('what the Function did about a call', () => {
  const CALL_SID = `CA${'0'.repeat(32)}`;
  const AT = '2026-12-01T09:00:00.000Z';
  const alerts = (...states) =>
    JSON.stringify({ alerts: states.map((state) => ({ action: 'log-call', state, at: AT })) });
  let asked;
  const answerInTurn = (...texts) => {
    asked = 0;
    window.fetch = async () => {
      asked += 1;
      return new Response(texts[Math.min(asked, texts.length) - 1]);
    };
  };
  const pass = (ms) => act(async () => jest.advanceTimersByTime(ms));

  test('is asked again after a call that has just ended, also when something is done: another action may follow', async () => {
    jest.useFakeTimers();
    answerInTurn(alerts(), alerts('claimed'), alerts('done'), alerts('done', 'claimed'), alerts('done', 'failed'));
    page.show(<Outcome access={access} callSid={CALL_SID} isRecent />);
    await settled();
    expect(page.text()).toBe(t('outcomeNone'));
    await pass(1_000);
    expect(page.text()).toContain('is carrying out log-call');
    await pass(2_000);
    expect(page.text()).toContain('has carried out log-call');
    await pass(14_000);
    expect(asked).toBe(3);
    await pass(1_000);
    expect(page.text()).toContain('is carrying out log-call');
    await pass(30_000);
    expect(page.text()).toContain('could not carry out log-call');
    await pass(60_000);
    await pass(3_600_000);
    expect(asked).toBe(6);
  });

  test('is asked again where it could not be looked up', async () => {
    jest.useFakeTimers();
    answerInTurn('{}', alerts('done'));
    page.show(<Outcome access={access} callSid={CALL_SID} isRecent />);
    await settled();
    await pass(1_000);
    expect(page.text()).toContain('has carried out log-call');
  });

  test('is asked once for a call of earlier, and not without end for any', async () => {
    jest.useFakeTimers();
    answerInTurn(alerts());
    page.show(<Outcome access={access} callSid={CALL_SID} />);
    await settled();
    await pass(3_600_000);
    expect(asked).toBe(1);
    page.show(<Outcome access={access} callSid={CALL_SID} isRecent />);
    await settled();
    for (let minute = 0; minute < 10; minute += 1) await pass(60_000);
    expect(asked).toBeLessThan(12);
  });
});
