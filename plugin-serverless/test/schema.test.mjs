/** What an alert may be: assets/alert.schema.private.json, as the Function applies it. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startHosted } from './support/hosted.mjs';
import { CALLER, alert } from './support/requests.mjs';

const schema = JSON.parse(await readFile(new URL('../assets/alert.schema.private.json', import.meta.url), 'utf8'));
const [reason] = alert().reasons;
const [condition] = alert().conditions;
const [episode] = condition.episodes;
const withEpisode = (changes) => alert({ conditions: [{ ...condition, episodes: [{ ...episode, ...changes }] }] });

/** What a newer plugin may say beyond this schema, at every depth. */
const newer = (changes) => {
  const known = alert(changes);
  return {
    ...known,
    more: { of: ['this'] },
    reasons: [{ ...reason, more: 1 }],
    conditions: [{ ...condition, more: 1, episodes: [{ ...episode, more: 1 }] }],
    versions: { ...known.versions, more: 1 },
    configuration: { ...known.configuration, more: 1 },
    metrics: { ...known.metrics, more: {} },
    endpoint: {
      ...known.endpoint,
      more: 1,
      callSid: 'CA00000000000000000000000000000009',
      network: 'N-0123456789abcdef',
    },
  };
};

describe('the schema of alerts', () => {
  let hosted;
  let schemaErrorOf;
  before(async () => {
    hosted = await startHosted();
    ({ schemaErrorOf } = hosted.lib('schema'));
  });
  after(() => hosted?.stop());

  /** As it arrives. */
  const problem = (document) => schemaErrorOf('alert', JSON.parse(JSON.stringify(document)));

  it('takes an alert as the plugin writes it, with and without what may be left out', () => {
    assert.equal(problem(alert()), null);
    assert.equal(
      problem(
        alert({ midway: true, monitoring: true, cutShort: true, agentReports: [{ atMs: 0 }, { atMs: 12_345.678 }] }),
      ),
      null,
    );
    const { taskSid, reservationSid, conferenceSid, workerSid, callerId, dnis, diagnosis, browser, edge, ...least } =
      alert();
    assert.equal(
      problem({ ...least, conditions: [], metrics: {}, versions: { plugin: '0.1.0', engine: '0.1.0' } }),
      null,
    );
    assert.equal(problem(alert({ callSid: undefined, id: 'alert-unknown-1795327609127' })), null);
    assert.equal(problem(withEpisode({ clearedMs: null, worst: null, threshold: null })), null);
    assert.equal(
      problem(
        alert({
          conditions: [
            { name: 'stale-rtt', side: 'unknown', direction: null, episodes: [episode], omittedEpisodes: 7 },
          ],
        }),
      ),
      null,
    );
  });

  it('takes out what a newer plugin says beyond it, at every depth, and refuses nothing for it', () => {
    const document = JSON.parse(JSON.stringify(newer()));
    assert.equal(schemaErrorOf('alert', document), null);
    assert.deepEqual(document, JSON.parse(JSON.stringify(alert())));
  });

  for (const [what, document, expected] of [
    ['a text for a number', alert({ durationMs: '60000' }), 'at /durationMs must be number'],
    ['a length below zero', alert({ warningMs: -1 }), 'at /warningMs must be >= 0'],
    ['an id of another form', alert({ id: 'alert-1' }), 'at /id must match pattern'],
    ['a CallSid of another form', { ...alert(), callSid: `CA${CALLER}` }, 'at /callSid must match pattern'],
    ['no reasons', alert({ reasons: [] }), 'at /reasons must NOT have fewer than 1 items'],
    ['six reasons', alert({ reasons: Array(6).fill(reason) }), 'at /reasons must NOT have more than 5 items'],
    [
      'a reason without its text',
      alert({ reasons: [{ ...reason, text: undefined }] }),
      "at /reasons/0 must have required property 'text'",
    ],
    [
      'a reason of 1001 characters',
      alert({ reasons: [{ ...reason, text: 'x'.repeat(1_001) }] }),
      'at /reasons/0/text must NOT have more than 1000 characters',
    ],
    [
      'a line break in a reason',
      alert({ reasons: [{ ...reason, text: 'a\nb' }] }),
      'at /reasons/0/text must match pattern',
    ],
    ['a control character in the browser', alert({ browser: 'a\u001b[2J' }), 'at /browser must match pattern'],
    [
      '21 conditions',
      alert({ conditions: Array(21).fill(condition) }),
      'at /conditions must NOT have more than 20 items',
    ],
    [
      '11 episodes',
      alert({ conditions: [{ ...condition, episodes: Array(11).fill(episode) }] }),
      'at /conditions/0/episodes must NOT have more than 10 items',
    ],
    [
      "a list for an episode's time",
      withEpisode({ startMs: [1] }),
      'at /conditions/0/episodes/0/startMs must be number',
    ],
    [
      'a condition with a space in its name',
      alert({ conditions: [{ ...condition, name: 'high rtt' }] }),
      'at /conditions/0/name must match pattern',
    ],
    ['a third direction', alert({ direction: 'sideways' }), 'at /direction must be one of inbound, outbound'],
    ['a day that is no time', alert({ startedAt: '2026-11-22' }), 'at /startedAt must match pattern'],
    ['an object for a text', alert({ edge: { name: 'roaming' } }), 'at /edge must be string'],
    ['17 errors', alert({ errors: Array(17).fill(31_005) }), 'at /errors must NOT have more than 16 items'],
    [
      "21 reports of the agent's",
      alert({ agentReports: Array(21).fill({ atMs: 1 }) }),
      'at /agentReports must NOT have more than 20 items',
    ],
    [
      "an agent's report before the call",
      alert({ agentReports: [{ atMs: -1 }] }),
      'at /agentReports/0/atMs must be >= 0',
    ],
    ['a number for cutShort', alert({ cutShort: 1 }), 'at /cutShort must be boolean'],
    [
      'an action that is a path',
      alert({ configuration: { ...alert().configuration, action: '../log-call' } }),
      'at /configuration/action must match pattern',
    ],
    ['no configuration', alert({ configuration: undefined }), "as a whole must have required property 'configuration'"],
    [
      'a summary without samples',
      alert({ metrics: { rtt: { ...alert().metrics.rtt, samples: 0 } } }),
      'at /metrics/rtt/samples must be >= 1',
    ],
  ]) {
    it(`refuses ${what}, and says where, not what`, () => {
      const said = problem(document);
      assert.ok(said?.startsWith(expected), said);
      assert.ok(said.length < 200 && !said.includes(CALLER.slice(1)), said);
    });
  }

  it('leaves nothing unlimited: no text, list, object or number', () => {
    const unlimited = [];
    const walk = (node, where) => {
      if (typeof node !== 'object' || node === null) return;
      const types = [node.type].flat();
      if (
        types.includes('string') &&
        node.maxLength === undefined &&
        !/^\^[^*+]*\$$/.test(node.pattern.replaceAll('\\', ''))
      )
        unlimited.push(where);
      if (types.includes('array') && node.maxItems === undefined) unlimited.push(where);
      if (types.includes('object') && node.additionalProperties !== false) unlimited.push(where);
      if (
        (types.includes('number') || types.includes('integer')) &&
        (node.minimum === undefined || node.maximum === undefined)
      )
        unlimited.push(where);
      for (const [key, value] of Object.entries(node))
        if (key !== 'required' && key !== 'enum') walk(value, `${where}/${key}`);
    };
    walk(schema, '');
    assert.deepEqual(unlimited, []);
  });

  it('is asked for every alert: what it takes out does not reach an action, and what it refuses is a 400', async () => {
    const file = path.join(path.dirname(hosted.functions['lib/schema'].path), 'gives-it-back');
    await writeFile(file, "exports.policy = 'at-least-once'; exports.run = ({ alert }) => alert;");
    hosted.functions['actions/gives-it-back'] = { path: file };
    const call = hosted.call();
    const { status, body } = await hosted.report('gives-it-back', newer({ ...call, browser: 'half \ud83d' }));
    assert.deepEqual([status, body.outcome], [200, 'done']);
    assert.deepEqual(body.result, JSON.parse(JSON.stringify(alert({ ...call, browser: 'half \ufffd' }))));
    const refused = await hosted.report('log-call', { ...call, durationMs: 'long' });
    assert.deepEqual([refused.status, refused.body.error], [400, 'alert-invalid']);
    assert.equal(refused.body.message, 'The field "alert" at /durationMs must be number.');
  });
});
