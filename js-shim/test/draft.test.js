const {
  blockOf,
  changesOf,
  commandFor,
  differenceBetween,
  withChange,
  withProperty,
} = require('../admin-view/src/draft');

const CONFIG = { highRttThreshold: 400, alertAgent: false, action: 'log-call' };
const JUDGED = { config: CONFIG };

describe('a change of a property', () => {
  test('is written beside the others, which stay', () => {
    const base = { alertAgent: 'true', colour: 1 };
    expect(withProperty(base, JUDGED, base, 'highRttThreshold', 500)).toEqual({ ...base, highRttThreshold: 500 });
  });

  test('back to what is in force is none, whether it was written or the default', () => {
    const base = { alertAgent: 'false' };
    const moved = withProperty(base, JUDGED, base, 'highRttThreshold', 500);
    const both = withProperty(base, JUDGED, moved, 'alertAgent', true);
    const back = withProperty(base, JUDGED, both, 'highRttThreshold', 400);
    expect(withProperty(base, JUDGED, back, 'alertAgent', false)).toEqual(base);
  });

  test('to nothing takes it away', () => {
    expect(withProperty({ action: 'a' }, JUDGED, { action: 'a' }, 'action', null)).toEqual({});
  });

  test('makes a block where there was none, or something that is none', () => {
    expect(withProperty(null, JUDGED, null, 'alertAgent', true)).toEqual({ alertAgent: true });
    expect(withProperty('on', JUDGED, 'on', 'alertAgent', true)).toEqual({ alertAgent: true });
  });
});

describe('a draft', () => {
  const edit = (base, draft, property, value) => withChange(base, JUDGED, draft, property, value);

  test('keeps what was edited when somebody else changes the block meanwhile, and what they have changed', () => {
    const before = { recordCalls: true };
    const draft = edit(before, edit(before, undefined, 'highRttThreshold', 500), 'action', null);
    const after = { recordCalls: true, action: 'webhook', noticesPerShift: 3 };
    expect(blockOf(after, JUDGED, draft)).toEqual({ recordCalls: true, noticesPerShift: 3, highRttThreshold: 500 });
  });

  test('of a version that is put back is that version, and no more once it is edited further', () => {
    const draft = { block: null, restores: 'an-id' };
    expect(blockOf({ a: 1 }, JUDGED, draft)).toBe(null);
    const further = edit({ a: 1 }, draft, 'alertAgent', true);
    expect(further).toEqual({ block: { alertAgent: true } });
  });

  test('that was taken back leaves the block, also where there is none', () => {
    expect(blockOf(null, JUDGED, edit(null, edit(null, undefined, 'action', 'no action'), 'action', null))).toBe(null);
  });

  test('that there is none of leaves the block', () => {
    expect(blockOf('on', JUDGED, undefined)).toBe('on');
  });
});

describe('a change in the pilot', () => {
  const OWN = 'pilot.properties';
  const BASE = { highRttThreshold: 500, pilot: { teams: ['Blue'], properties: { alertAgent: true } } };
  const OF_BASE = {
    config: { ...CONFIG, highRttThreshold: 500 },
    pilot: { config: { ...CONFIG, highRttThreshold: 500, alertAgent: true } },
  };
  const edit = (draft, name, value) => withChange(BASE, OF_BASE, draft, name, value);
  const edited = (...changes) =>
    blockOf(
      BASE,
      OF_BASE,
      changes.reduce((draft, change) => edit(draft, ...change), undefined),
    );

  test('is written among the pilot’s own properties, and makes the pilot where there is none', () => {
    expect(withProperty(null, JUDGED, null, `${OWN}.alertAgent`, true)).toEqual({
      pilot: { properties: { alertAgent: true } },
    });
    expect(edited([`${OWN}.highRttThreshold`, 300], ['pilot.workers', ['anna']])).toEqual({
      ...BASE,
      pilot: { teams: ['Blue'], workers: ['anna'], properties: { alertAgent: true, highRttThreshold: 300 } },
    });
  });

  test('to what all others have takes it away, and the last thing taken away takes the pilot away', () => {
    expect(edited([`${OWN}.alertAgent`, false])).toEqual({ ...BASE, pilot: { teams: ['Blue'] } });
    expect(edited([`${OWN}.alertAgent`, null], ['pilot.teams', null])).toEqual({ highRttThreshold: 500 });
    expect(edited([`${OWN}.alertAgent`, false], [`${OWN}.alertAgent`, true])).toBe(BASE);
  });

  test('to what all others had stays when all others are given something else, whichever is changed first or again', () => {
    const own = [`${OWN}.highRttThreshold`, 500];
    const after = (threshold) => ({
      highRttThreshold: threshold,
      pilot: { ...BASE.pilot, properties: { alertAgent: true, highRttThreshold: 500 } },
    });
    expect(edited(['highRttThreshold', 300], own)).toEqual(after(300));
    expect(edited(own, ['highRttThreshold', 300])).toEqual(after(300));
    expect(edited(['highRttThreshold', 300], own, ['highRttThreshold', 350])).toEqual(after(350));
    expect(edited(['highRttThreshold', 300], own, ['highRttThreshold', 500])).toBe(BASE);
    expect(edited(['highRttThreshold', 300], [`${OWN}.highRttThreshold`, 300])).toEqual({
      ...BASE,
      highRttThreshold: 300,
    });
    const version = withChange(BASE, OF_BASE, { block: { ...BASE, highRttThreshold: 300 } }, ...own);
    expect(version).toEqual({ block: after(300) });
  });

  test('is written where it is not known what all others are to have', () => {
    expect(edited(['highRttThreshold', null], [`${OWN}.highRttThreshold`, 500])).toEqual({
      pilot: { ...BASE.pilot, properties: { alertAgent: true, highRttThreshold: 500 } },
    });
  });

  test('after the pilot was taken away begins a new one', () => {
    expect(edited(['pilot.teams', ['Coral']], ['pilot', null])).toEqual({ highRttThreshold: 500 });
    expect(edited(['pilot', null], ['pilot.teams', ['Coral']])).toEqual({
      highRttThreshold: 500,
      pilot: { teams: ['Coral'] },
    });
  });

  test('leaves what somebody else has changed in the pilot meanwhile', () => {
    const after = { pilot: { teams: ['Blue', 'Coral'], properties: { alertAgent: true, noticesPerShift: 2 } } };
    expect(blockOf(after, OF_BASE, edit(undefined, `${OWN}.highRttThreshold`, 300))).toEqual({
      pilot: { ...after.pilot, properties: { ...after.pilot.properties, highRttThreshold: 300 } },
    });
  });

  test('is named as findings name it, and the command sets the pilot as a whole', () => {
    const block = edited([`${OWN}.highRttThreshold`, 300], ['action', 'webhook']);
    const difference = differenceBetween(BASE, block, ['highRttThreshold', 'action']);
    expect(difference.map(({ property }) => property)).toEqual(['action', `${OWN}.highRttThreshold`]);
    expect(commandFor(difference, block, false)).toBe(
      `replay configure set action=webhook 'pilot=${JSON.stringify(block.pilot)}'`,
    );
    const without = edited(['pilot', null]);
    expect(commandFor(differenceBetween(BASE, without), without, false)).toBe('replay configure unset pilot');
  });

  test('can take away what no pilot has', () => {
    const base = { pilot: { team: 'Blue', properties: ['alertAgent'] } };
    expect(withProperty(base, JUDGED, base, 'pilot.team', null)).toEqual({ pilot: { properties: ['alertAgent'] } });
    expect(withProperty(base, JUDGED, base, 'pilot.properties', null)).toEqual({ pilot: { team: 'Blue' } });
    expect(withProperty({ pilot: 'Blue' }, JUDGED, { pilot: 'Blue' }, 'pilot', null)).toEqual({});
  });
});

describe('the difference', () => {
  test('names what was set, changed and taken away', () => {
    const difference = differenceBetween({ a: 1, b: 2, c: 3 }, { a: 1, b: 3, d: 4 });
    expect(difference).toEqual([
      { property: 'b', before: 2, after: 3 },
      { property: 'c', before: 3, after: undefined },
      { property: 'd', before: undefined, after: 4 },
    ]);
    expect(changesOf(difference)).toEqual({ b: 3, c: null, d: 4 });
  });

  test('is in the order that is wanted, with everything else behind it', () => {
    const properties = differenceBetween({ c: 1, x: 1, a: 1 }, { b: 1 }, ['a', 'b', 'c']).map(
      ({ property }) => property,
    );
    expect(properties).toEqual(['a', 'b', 'c', 'x']);
  });

  test('between nothing and nothing is none', () => {
    expect(differenceBetween(null, {})).toEqual([]);
  });
});

describe('the command', () => {
  const command = (base, block, isInUiAttributes = false) =>
    commandFor(differenceBetween(base, block), block, isInUiAttributes);

  test('sets what is set and takes away what is taken away', () => {
    expect(command({ a: 1, b: 2 }, { b: 3, c: 'log-call', d: 3.5 })).toBe(
      'replay configure set b=3 c=log-call d=3.5 && replay configure unset a',
    );
  });

  test('is for ui_attributes where the block is there', () => {
    expect(command({}, { a: true }, true)).toBe('replay configure set --ui-attributes a=true');
  });

  test('takes the whole block away', () => {
    expect(command({ a: 1 }, null)).toBe('replay configure unset DeviceMonitoringPlugin');
  });

  test('has nothing in it that a shell would carry out', () => {
    expect(command({}, { action: "x'; rm -rf $HOME" })).toBe(
      String.raw`replay configure set 'action=x'\''; rm -rf $HOME'`,
    );
  });
});
