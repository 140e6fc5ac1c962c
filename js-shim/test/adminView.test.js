import 'fake-indexeddb/auto';
import React from 'react';
import ReactDOM from 'react-dom';
import { act } from 'react-dom/test-utils';

import { AdminView } from '../admin-view/src/ui/AdminView';
import { translator } from '../admin-view/src/text';
import { CALLS, openRecordings } from '../src/recorder/database';

let mockFailing;
let mockBroken;
let mockReports;
jest.mock('../admin-view/src/engine', () => ({
  WhatIf: class {
    static properties() {
      return [];
    }

    static words() {
      return { rules: [], diagnoses: [], causes: [] };
    }

    configure() {
      if (mockBroken) throw new Error('no configuration');
      return { config: { recordCalls: true }, findings: [], source: 'defaults', reportsCalls: mockReports };
    }

    load() {
      return 0;
    }

    judge() {
      return { alert: false, durationMs: 8900, reasons: [] };
    }

    free() {}
  },
}));
jest.mock('../admin-view/src/ui/elements', () => {
  const elements = jest.requireActual('../admin-view/src/ui/elements');
  const Section = (props) => {
    if (props.id === mockFailing) throw new Error(`${props.id} fails`);
    return elements.Section(props);
  };
  return { ...elements, Section };
});
jest.mock('../admin-view/src/floor/useFloor', () => {
  const connecting = () => ({ state: { phase: 'connecting' } });
  return { useFloor: connecting, useFloorEachSecond: connecting };
});

// This jsdom has no selector that Paste's own asks for. The real one is in the end-to-end tests.
jest.mock('@twilio-paste/core/alert-dialog', () => ({
  AlertDialog: ({ isOpen, children, onConfirm, onConfirmLabel, onDismiss, onDismissLabel }) => {
    const { createElement } = jest.requireActual('react');
    const answerWith = (label, onClick) => createElement('button', { type: 'button', onClick, key: label }, label);
    const answers = [answerWith(onDismissLabel, onDismiss), answerWith(onConfirmLabel, onConfirm)];
    return isOpen ? createElement('div', { role: 'alertdialog' }, children, answers) : null;
  },
}));

const t = translator();
const PARTS = ['what-if', 'calls', 'configuration', 'alerts'];
const ROWS = [
  [0, 'incoming', 'INCOMING'],
  [100, 'accept', false],
  [9000, 'disconnect'],
];

let page;
beforeEach(async () => {
  ['log', 'warn', 'error', 'table'].forEach((level) => jest.spyOn(console, level).mockImplementation(() => {}));
  mockFailing = undefined;
  mockBroken = false;
  mockReports = false;
  global.MessageChannel = class {
    constructor() {
      this.port1 = { close() {} };
      this.port2 = { postMessage: () => setTimeout(() => this.port1.onmessage()) };
    }
  };
  page = document.body.appendChild(document.createElement('div'));
  await stored((calls) => calls.clear());
});
afterEach(() => {
  act(() => {
    ReactDOM.unmountComponentAtNode(page);
  });
  page.remove();
  jest.restoreAllMocks();
});

/** Asks the store of recorded calls, and gives its answer. */
async function stored(ask) {
  const database = await openRecordings();
  const asked = ask(database.transaction(CALLS, 'readwrite').objectStore(CALLS));
  const result = await new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  database.close();
  return result;
}
const count = () => stored((calls) => calls.count());

async function record(callSid, changes) {
  const packed = await new Response(
    new Blob([JSON.stringify(ROWS)]).stream().pipeThrough(new CompressionStream('gzip')),
  ).arrayBuffer();
  await stored((calls) =>
    calls.put({ startedAt: 1700000000000, callSid, bytes: packed.byteLength, reasons: [], packed, ...changes }),
  );
}

const part = (id) => page.querySelector(`[data-testid="device-monitoring-admin-view-${id}"]`);
const button = (text) => [...document.querySelectorAll('button')].find(({ textContent }) => textContent === text);

/** Until the page is as expected: whatever it waits for comes with the next turns. */
async function until(isSo, what) {
  for (let turns = 0; turns < 500 && !isSo(); turns += 1) {
    await act(() => new Promise((resolve) => setTimeout(resolve, 4)));
  }
  if (!isSo()) throw new Error(`${what}: ${page.textContent}`);
}

async function open(changes) {
  const access = { environment: { workerSid: 'WK1' }, alerts: () => [], openRecordings, ...changes };
  await act(async () => {
    ReactDOM.render(<AdminView access={access} />, page);
  });
}
async function click(text) {
  await until(() => button(text), text);
  await act(async () => {
    button(text).click();
  });
}

describe('a part of the view that fails', () => {
  test.each(PARTS)('is an empty place, and the other three stay: %s', async (failing) => {
    mockFailing = failing;
    await record('CA1');
    await open();
    const others = PARTS.filter((id) => id !== failing);
    await until(() => others.every(part), 'the other parts');
    expect(part(failing)).toBeNull();
    if (failing !== 'calls') await until(() => button(t('delete')), 'the button that deletes');
  });

  test('is the list of alerts if the plugin cannot give it, or gives one that is none', async () => {
    const failing = () => {
      throw new Error('no alerts');
    };
    for (const alerts of [failing, () => [null]]) {
      await open({ alerts });
      expect(PARTS.filter((id) => !part(id))).toEqual(['alerts']);
      ReactDOM.unmountComponentAtNode(page);
    }
  });

  test('is each one that needs the configuration, if the engine fails at that', async () => {
    mockBroken = true;
    await record('CA1');
    await open();
    await until(() => button(t('delete')), 'the button that deletes');
    expect(PARTS.filter(part)).toEqual(['calls', 'alerts']);
  });
});

test('the floor and its calls are there where the engine says that calls are reported, whoever looks', async () => {
  const environment = { workerSid: 'WK1', serverlessUri: 'https://device-monitoring.example.twil.io' };
  const texts = [t('floorOff'), t('floorConnecting')];
  const shown = () => texts.map((text) => page.textContent.split(text).length - 1);
  await open({ environment });
  await until(() => shown()[0] > 0, 'no floor');
  expect(shown()[1]).toBe(0);
  ReactDOM.unmountComponentAtNode(page);

  mockReports = true;
  await open({ environment });
  await until(() => shown()[1] === 2, 'the floor and its calls');
  expect(shown()[0]).toBe(0);
});

describe('"Delete all"', () => {
  test('asks first, deletes nothing if the answer is no, and then everything', async () => {
    await record('CA1');
    await record('CA2');
    await open();
    await until(() => button(t('delete')), 'the button');
    await click(t('delete'));
    expect(await count()).toBe(2);
    await click(t('deleteCancel'));
    await until(() => !button(t('deleteConfirm')), 'no question');
    expect(await count()).toBe(2);

    await click(t('delete'));
    await click(t('deleteConfirm'));
    // The toast goes by itself.
    let wasSaid = false;
    const isDone = () => {
      wasSaid ||= document.body.textContent.includes(t('deleted'));
      return wasSaid && page.textContent.includes(t('noCalls'));
    };
    await until(isDone, 'the toast, and no calls');
    expect([await count(), button(t('delete'))]).toEqual([0, undefined]);
  });

  test('deletes what is damaged as well', async () => {
    await record('CA1', { reasons: undefined });
    await record('CA2', { packed: undefined });
    await open();
    await until(() => button(t('delete')), 'the button');
    await click(t('delete'));
    await click(t('deleteConfirm'));
    await until(() => page.textContent.includes(t('noCalls')), 'no calls');
    expect(await count()).toBe(0);
  });

  test('is there as well where the calls cannot be read', async () => {
    await record('CA1');
    let isBroken = true;
    const unreadable = () => (isBroken ? Promise.reject(new Error('unreadable')) : openRecordings());
    await open({ openRecordings: unreadable });
    await until(() => page.textContent.includes(t('unreadableCalls', { reason: 'unreadable' })), 'the reason');
    isBroken = false;
    await click(t('delete'));
    await click(t('deleteConfirm'));
    await until(() => document.body.textContent.includes(t('deleted')), 'deleted');
    expect(await count()).toBe(0);
  });

  test('that fails says why, and the calls stay', async () => {
    await record('CA1');
    let isBroken = false;
    const breaking = () => (isBroken ? Promise.reject(new Error('no access')) : openRecordings());
    await open({ openRecordings: breaking });
    await until(() => button(t('delete')), 'the button');
    await click(t('delete'));
    isBroken = true;
    await click(t('deleteConfirm'));
    await until(() => document.body.textContent.includes('no access'), 'the reason');
    expect([await count(), document.body.textContent.includes(t('deleted'))]).toEqual([1, false]);
  });
});
