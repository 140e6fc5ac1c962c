import { guarded } from '../src/guard';
import { log } from '../src/log';

afterEach(() => jest.restoreAllMocks());

test('a console that another script has put in its place and that throws changes nothing', () => {
  ['info', 'warn', 'error', 'table'].forEach((level) => {
    jest.spyOn(console, level).mockImplementation(() => {
      throw new Error('of another script');
    });
    expect(() => log[level]('said')).not.toThrow();
  });
  const callback = guarded('a listener', () => {
    throw new Error('of ours');
  });
  expect(callback()).toBe(undefined);
  expect(console.error).toHaveBeenCalledTimes(2);
});
