import React from 'react';
import ReactDOM from 'react-dom';
import { act, Simulate } from 'react-dom/test-utils';
import { Theme } from '@twilio-paste/core/theme';

import { suggest } from '../admin-view/src/suggest';
import { Suggest } from '../admin-view/src/ui/Suggest';

const OUTCOME = { caught: 0, others: 0, mostPerDay: 0 };
const SUGGESTION = {
  perDay: 5,
  searched: { calls: 40, days: 4, reported: 8, now: OUTCOME, suggested: OUTCOME },
  heldOut: {
    calls: 20,
    days: 2,
    reported: 4,
    now: OUTCOME,
    suggested: { caught: 3, others: 1, mostPerDay: 2 },
  },
  caughtPct: [37, 94.5],
  isBetterThanChance: true,
  settings: { highJitterThreshold: 25, endedInWarningIsTrigger: true },
  changes: [{ property: 'highJitterThreshold', now: 30, suggested: 25, without: OUTCOME }],
  rules: [],
  calls: [
    { id: 0, isReported: true, rules: ['warningDurPct'], warningPct: 33.3, isWithinReach: true },
    { id: 1, isReported: true, rules: [], warningPct: 0, isWithinReach: false },
  ],
};
const CALLS = [
  { place: 0, startedAt: 1_795_327_609_127, callSid: 'CA1' },
  { startedAt: 1_795_327_609_127, callSid: 'CA2', problem: 'callDamaged' },
  { place: 1, startedAt: 1_795_327_709_127, callSid: 'CA3' },
];

/** An engine that is asked in the right order, or has nothing to say. */
function fakeEngine({ tooFew = null, broken = [] } = {}) {
  const asked = [];
  let steps = 3;
  return {
    asked,
    startSuggesting: (environment, inPilot) => asked.push(['start', inPilot]),
    playForSuggestion(place, offset) {
      if (broken.includes(place)) throw new Error('broken');
      asked.push(['play', place, offset]);
    },
    startSearch(perDay) {
      asked.push(['search', perDay]);
      return tooFew;
    },
    searchFurther() {
      steps -= 1;
      return steps >= 0;
    },
    suggestion: () => (steps < 0 ? SUGGESTION : null),
  };
}

let page;
beforeEach(() => {
  global.MessageChannel = class {
    constructor() {
      this.port1 = { close() {} };
      this.port2 = { postMessage: () => setTimeout(() => this.port1.onmessage()) };
    }
  };
  page = document.body.appendChild(document.createElement('div'));
});
afterEach(() => {
  act(() => {
    ReactDOM.unmountComponentAtNode(page);
  });
  page.remove();
});

const wait = () => act(() => new Promise((resolve) => setTimeout(resolve, 100)));

async function ask(whatIf, perDay) {
  const tried = [];
  await act(async () => {
    ReactDOM.render(
      <Theme.Provider theme="default">
        <Suggest
          recordedCalls={{ whatIf, calls: CALLS, verdicts: [] }}
          environment={{}}
          inPilot={false}
          onTry={(settings) => tried.push(settings)}
        />
      </Theme.Provider>,
      page,
    );
  });
  const press = (text) =>
    act(async () => Simulate.click([...page.querySelectorAll('button')].find((one) => one.textContent === text)));
  await act(async () => Simulate.change(page.querySelector('input'), { target: { value: perDay } }));
  await press('Suggest');
  await wait();
  return { tried, press };
}

it('plays every call that can be read by the clock of whoever looks, and searches to the end', async () => {
  const whatIf = fakeEngine({ broken: [1] });
  const found = await suggest({ whatIf, calls: CALLS }, {}, true, 7, () => false);
  const offset = -60_000 * new Date(CALLS[0].startedAt).getTimezoneOffset();
  expect(whatIf.asked).toEqual([
    ['start', true],
    ['play', 0, offset],
    ['search', 7],
  ]);
  expect(found).toEqual({ suggestion: SUGGESTION });
});

it('stops when nobody waits any more', async () => {
  const whatIf = fakeEngine();
  expect(await suggest({ whatIf, calls: CALLS }, {}, false, 5, () => true)).toBeUndefined();
  expect(whatIf.asked).toEqual([['start', false]]);
});

it('shows what the suggested values do with calls that were held out, and has them tried', async () => {
  const { tried, press } = await ask(fakeEngine(), '5');
  const text = page.textContent;
  expect(text).toContain('Searched in 40 calls of 4 days, of which agents reported 8.');
  expect(text).toContain('catch 37\u00a0% to 95\u00a0% of what agents report');
  expect(text).toContain('3 of 4');
  expect(text).toContain('CA1');
  expect(text).toContain('Something was wrong for 33.3\u00a0% of its time.');
  expect(text).toContain('CA3');
  expect(text).toContain('Its figures are good under all thresholds that were tried.');
  await press('Try these values');
  expect(tried).toEqual([SUGGESTION.settings]);
});

it('says of what there is too little, and suggests nothing', async () => {
  await ask(fakeEngine({ tooFew: { of: 'reported', there: 3, needed: 10 } }), '5');
  expect(page.textContent).toContain(
    'Nothing can be suggested: agents reported 3 of the recorded calls, and at least 10 reported calls are needed.',
  );
  expect(page.textContent).not.toContain('Try these values');
});

it('asks for a whole number of alerts', async () => {
  const whatIf = fakeEngine();
  await ask(whatIf, 'many');
  expect(whatIf.asked).toEqual([]);
});
