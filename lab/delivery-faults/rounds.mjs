// What goes wrong on an alert's way, one thing at a time: `spoil` before its calls end, `mend` some time after.
// `end`: how the calls end, by hanging up unless it is said. `settleS`: how long to wait for what never comes. `may`: ends
// of an alert that the design allows here, beside being acted on once.

const stop = (lab) => lab.breakFunction('stopped');
const broken = (fault) => (lab) => lab.breakFunction(fault);
const twilio = (fault) => (lab) => lab.twilio.faults.add(fault);
const fillStorageAndStop = async (lab) => {
  await fillStorage(lab);
  stop(lab);
};
export const clearFaults = (lab) => {
  lab.mendFunction();
  lab.twilio.faults.clear();
};
const dying = (when) => twilio({ operation: 'messages.create', kind: 'kill', target: 'function', when });

/** Leaves no room in the page's storage. */
export const fillStorage = (lab) =>
  lab.page.evaluate(() => {
    for (let size = 1 << 22; size >= 1; size >>= 1) {
      try {
        for (;;) localStorage.setItem(`lab-ballast-${size}-${localStorage.length}`, 'x'.repeat(size));
      } catch {
        // the next smaller piece
      }
    }
  });
export const emptyStorage = (lab) =>
  lab.page.evaluate(() => {
    for (const key of Object.keys(localStorage)) if (key.startsWith('lab-ballast-')) localStorage.removeItem(key);
  });

/** @type {{name: string, calls?: number, action?: string, spoil?: Function, mendAfterS?: number, mend?: Function, end?: string, settleS?: number, may?: string[]}[]} */
export const ROUNDS = [
  { name: 'nothing goes wrong', calls: 3 },
  { name: 'the server answers 500', calls: 2, spoil: broken('answers-500'), mendAfterS: 4 },
  {
    name: 'the server answers 429 and asks for three seconds',
    calls: 2,
    spoil: broken('answers-429'),
    mendAfterS: 4,
  },
  {
    name: 'the server answers 403, and nobody knows why',
    calls: 1,
    spoil: broken('answers-403'),
    mendAfterS: 3,
    mend: async (lab) => {
      clearFaults(lab);
      await lab.renewToken();
    },
  },
  {
    name: "Twilio says that the call was a colleague's",
    calls: 1,
    spoil: (lab) =>
      lab.twilio.world.calls.forEach((call) => {
        call.to = call.to.replace('robin', 'alex');
      }),
    may: ['refused'],
  },
  { name: 'the server hangs until the browser gives up', calls: 1, spoil: broken('hangs'), mendAfterS: 33 },
  { name: 'the connection is refused', calls: 2, spoil: stop, mendAfterS: 4 },
  { name: 'the answer is lost', calls: 2, spoil: broken('loses-answers'), mendAfterS: 4 },
  { name: 'the server is slow', calls: 2, spoil: broken('slow'), mendAfterS: 6 },
  { name: 'the server is down for a minute', calls: 3, spoil: stop, mendAfterS: 60 },
  {
    name: 'the token expires',
    calls: 2,
    spoil: broken('expires-tokens'),
    mendAfterS: 3,
    mend: (lab) => lab.renewToken(),
  },
  {
    name: 'Twilio answers the look-up of the call with 500',
    calls: 1,
    spoil: twilio({ operation: 'calls.fetch', kind: 'status', status: 500, times: null }),
    mendAfterS: 4,
  },
  {
    name: 'Twilio wants fewer requests',
    calls: 1,
    spoil: twilio({ operation: 'messages.create', kind: 'status', status: 429, retryAfter: 2, times: 1 }),
    mendAfterS: 4,
  },
  {
    name: "Twilio's API is down",
    calls: 1,
    spoil: twilio({ operation: '*', kind: 'reset', times: null }),
    mendAfterS: 4,
  },
  {
    name: 'an instance dies between claim and text',
    calls: 1,
    spoil: dying('before'),
    mendAfterS: 3,
    may: ['unknown'],
  },
  {
    name: 'an instance dies between text and answer',
    calls: 1,
    spoil: dying('after'),
    mendAfterS: 3,
    may: ['unknown'],
  },
  {
    name: 'an instance dies in an action that may be repeated',
    calls: 1,
    action: 'update-task',
    spoil: twilio({ operation: 'tasks.update', kind: 'kill', target: 'function', when: 'after' }),
    mendAfterS: 3,
    may: ['repeated by policy'],
  },
  {
    name: 'Flex is loaded again while an alert waits',
    calls: 1,
    spoil: stop,
    mend: async (lab) => {
      clearFaults(lab);
      await lab.reload();
    },
    mendAfterS: 1,
  },
  {
    name: 'the tab dies while an alert waits',
    calls: 1,
    spoil: stop,
    mend: async (lab) => {
      clearFaults(lab);
      await lab.crash();
      await lab.openFlex();
    },
    mendAfterS: 1,
  },
  {
    name: 'the tab dies while the server is at it',
    calls: 1,
    spoil: broken('slow'),
    mend: async (lab) => {
      await lab.crash();
      clearFaults(lab);
      await lab.openFlex();
    },
    mendAfterS: 1,
  },
  { name: 'the tab dies in a call', calls: 1, end: 'crash' },
  { name: 'Flex is loaded again in a call', calls: 1, end: 'reload' },
  {
    name: 'another tab is open',
    calls: 2,
    spoil: (lab) => lab.openFlexBeside(),
    mend: (lab) => lab.closeFlexBeside(),
    mendAfterS: 3,
  },
  {
    name: 'the storage is full',
    calls: 1,
    spoil: fillStorageAndStop,
    mend: async (lab) => {
      clearFaults(lab);
      await emptyStorage(lab);
    },
    mendAfterS: 2,
  },
  {
    name: 'the storage is full and the tab dies',
    calls: 1,
    spoil: fillStorageAndStop,
    mend: async (lab) => {
      clearFaults(lab);
      await lab.crash();
      await lab.openFlex();
      await emptyStorage(lab);
    },
    mendAfterS: 1,
    settleS: 10,
    may: ['lost with memory'],
  },
];
