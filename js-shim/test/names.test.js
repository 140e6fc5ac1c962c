const { linesOf, namesIn } = require('../admin-view/src/nameList');

describe('names, one on a line', () => {
  test('may have commas in them', () => {
    const names = ['Sales, EMEA', 'Doe, Jane'];
    expect(linesOf(names)).toBe('Sales, EMEA\nDoe, Jane');
    expect(namesIn(linesOf(names), names)).toEqual(names);
    expect(namesIn('Sales, EMEA\n Doe, Jane \n\nBlue\n', undefined)).toEqual([...names, 'Blue']);
  });

  test('without any are none', () => {
    expect(linesOf(undefined)).toBe('');
    expect(namesIn(' \n\n', ['Blue'])).toBe(null);
  });

  test('leave an entry that is no text as it is written, until its own line is edited', () => {
    const written = ['Blue', 7, null, { team: 'Coral' }];
    expect(linesOf(written)).toBe('Blue\n7\nnull\n{"team":"Coral"}');
    expect(namesIn(`${linesOf(written)}\nGreen`, written)).toEqual([...written, 'Green']);
    expect(namesIn('Blue\n71', written)).toEqual(['Blue', '71']);
  });

  test('show what is no list, and make one of it', () => {
    expect(linesOf('Blue')).toBe('Blue');
    expect(namesIn('Blue\nCoral', 'Blue')).toEqual(['Blue', 'Coral']);
    expect(namesIn('7\nCoral', 7)).toEqual([7, 'Coral']);
  });
});
