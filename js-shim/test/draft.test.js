const {
  blockOf,
  changesOf,
  commandFor,
  differenceBetween,
  withChange,
  withProperty,
} = require('../admin-view/src/draft');

const CONFIG = { highRttThreshold: 400, alertAgent: false, action: 'log-call' };

describe('a change of a property', () => {
  test('is written beside the others, which stay', () => {
    const base = { alertAgent: 'true', colour: 1 };
    expect(withProperty(base, CONFIG, base, 'highRttThreshold', 500)).toEqual({ ...base, highRttThreshold: 500 });
  });

  test('back to what is in force is none, whether it was written or the default', () => {
    const base = { alertAgent: 'false' };
    const moved = withProperty(base, CONFIG, base, 'highRttThreshold', 500);
    const both = withProperty(base, CONFIG, moved, 'alertAgent', true);
    const back = withProperty(base, CONFIG, both, 'highRttThreshold', 400);
    expect(withProperty(base, CONFIG, back, 'alertAgent', false)).toEqual(base);
  });

  test('to nothing takes it away', () => {
    expect(withProperty({ action: 'a' }, CONFIG, { action: 'a' }, 'action', null)).toEqual({});
  });

  test('makes a block where there was none, or something that is none', () => {
    expect(withProperty(null, CONFIG, null, 'alertAgent', true)).toEqual({ alertAgent: true });
    expect(withProperty('on', CONFIG, 'on', 'alertAgent', true)).toEqual({ alertAgent: true });
  });
});

describe('a draft', () => {
  const edit = (base, draft, property, value) => withChange(base, CONFIG, draft, property, value);

  test('keeps what was edited when somebody else changes the block meanwhile, and what they have changed', () => {
    const before = { recordCalls: true };
    const draft = edit(before, edit(before, undefined, 'highRttThreshold', 500), 'action', null);
    const after = { recordCalls: true, action: 'webhook', noticesPerShift: 3 };
    expect(blockOf(after, CONFIG, draft)).toEqual({ recordCalls: true, noticesPerShift: 3, highRttThreshold: 500 });
  });

  test('of a version that is put back is that version, and no more once it is edited further', () => {
    const draft = { block: null, restores: 'an-id' };
    expect(blockOf({ a: 1 }, CONFIG, draft)).toBe(null);
    const further = edit({ a: 1 }, draft, 'alertAgent', true);
    expect(further).toEqual({ block: { alertAgent: true } });
  });

  test('that was taken back leaves the block, also where there is none', () => {
    expect(blockOf(null, CONFIG, edit(null, edit(null, undefined, 'action', 'no action'), 'action', null))).toBe(null);
  });

  test('that there is none of leaves the block', () => {
    expect(blockOf('on', CONFIG, undefined)).toBe('on');
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
