/** What is logged about a failure: its name, its code and its place in this Function; not its message, and no path. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import vm from 'node:vm';
import { hostedLayout } from './support/projects.mjs';

const require = createRequire(import.meta.url);
const NUMBER = '+1 555 555 0123';

describe('a failure in the log', () => {
  let layout;
  let logFailure;
  let file;
  before(async () => {
    layout = await hostedLayout();
    globalThis.Runtime = { getFunctions: () => layout.functions, getAssets: () => layout.assets };
    ({ logFailure } = require(layout.functions['lib/log'].path));
    file = layout.functions['actions/log-call'].path;
  });
  after(() => layout?.remove());

  const logged = (t, error) => {
    const log = t.mock.method(console, 'log', () => {});
    logFailure({ event: 'device-monitoring.failure' }, error);
    const [line] = log.mock.calls.at(-1).arguments;
    assert.doesNotMatch(line, /Jane|jane|555|home/, line);
    return JSON.parse(line);
  };
  /** An error with this message that is thrown in line 12 of the action log-call, or of the file given. */
  const thrown = (message, filename = file) => {
    try {
      return vm.runInThisContext('(message) => { throw new Error(message); }', { filename, lineOffset: 11 })(message);
    } catch (error) {
      return error;
    }
  };

  it('has its place, by the name of the function and its line', (t) => {
    assert.equal(logged(t, thrown('Jane')).where, 'actions/log-call:12');
  });

  it('has no line of the message, whatever it looks like', (t) => {
    const lines = [
      `    at customer Jane Doe, ${NUMBER}`,
      '    at /home/jane.doe/notes:42',
      '/home/jane.doe/notes:42',
      `    at jane (/home/jane.doe/${NUMBER}:1:1)`,
      '    at async /home/jane.doe/action.js:1:1',
      `    at Jane (node:internal/${NUMBER}:1:1)`,
      `    at Jane (${layout.functions['lib/run-once'].path}:555:1)`,
    ];
    for (const line of lines) assert.equal(logged(t, thrown(`refused\n${line}`)).where, 'actions/log-call:12', line);
  });

  it("has no path of a file that is not the Function's", (t) => {
    for (const filename of [
      '/home/jane.doe/elsewhere.js',
      'file:///home/jane.doe/elsewhere.mjs',
      'C:\\Users\\jane\\elsewhere.js',
      `/srv/node_modules/jane/${NUMBER}.js`,
    ]) {
      const error = thrown('Jane', filename);
      error.stack = error.stack.split('\n').slice(0, 2).join('\n');
      assert.equal(logged(t, error).where, null, filename);
    }
  });

  it('has its place also when the Function lies in a folder with spaces and brackets', (t) => {
    const { path } = layout.functions['lib/run-once'];
    layout.functions['lib/run-once'].path = '/home/jane doe/my project/run-once.js';
    try {
      assert.equal(logged(t, thrown('Jane', '/home/jane doe/my project/run-once.js')).where, 'lib/run-once:12');
    } finally {
      layout.functions['lib/run-once'].path = path;
    }
  });

  it('has the place of a file that cannot be parsed', (t) => {
    assert.throws(
      () => new vm.Script('const jane doe', { filename: file, lineOffset: 6 }),
      (error) => {
        assert.deepEqual([logged(t, error).error, logged(t, error).where], ['SyntaxError', 'actions/log-call:7']);
        return true;
      },
    );
  });

  it('has no name, code or status that may be content', (t) => {
    const error = Object.assign(thrown('x'), { name: 'Jane Doe', code: 15555550123, status: '555 555' });
    assert.deepEqual([logged(t, error).error, logged(t, error).code, logged(t, error).status], ['object', null, null]);
    assert.deepEqual(
      [logged(t, 'Jane').error, logged(t, null).error, logged(t, { stack: 7, message: {} }).where],
      ['string', 'object', null],
    );
  });

  it('has what caused it, in the same way', (t) => {
    const cause = Object.assign(thrown(`no such number ${NUMBER}`), { code: 21211, status: 400 });
    const { where, ...rest } = logged(t, new Error('Jane', { cause })).cause;
    assert.deepEqual([where, rest], ['actions/log-call:12', { error: 'Error', code: 21211, status: 400 }]);
  });
});
