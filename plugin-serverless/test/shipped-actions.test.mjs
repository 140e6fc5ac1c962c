/** The actions that come with the Function, but for log-call and the text message: what each does, and to nobody else's things. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import dns from 'node:dns';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import net from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { startHosted } from './support/hosted.mjs';
import { CALLED, CALLER, WORKER_SID, alert } from './support/requests.mjs';
import worldModule from './support/twilio/world.cjs';

const require = createRequire(import.meta.url);

const SECRET = 'a-secret-of-the-function-and-nobody-else';
const PUBLIC = '93.184.216.34';
const HOOK = 'https://hooks.example.com/alerts?from=flex';
const ENV = {
  ACTIONS_ENABLED: ' annotate-call, update-task,webhook',
  TASKROUTER_WORKSPACE_SID: worldModule.WORKSPACE_SID,
  WEBHOOK_URL: HOOK,
  WEBHOOK_SECRET: SECRET,
};

describe('an action that comes with the Function', () => {
  let hosted;
  let world;
  let call;
  before(async () => {
    hosted = await startHosted({ env: ENV });
    world = hosted.twilio.world;
  });
  after(() => hosted?.stop());
  beforeEach(() => {
    hosted.reset();
    call = hosted.call();
  });

  const condition = (name, clearedMs = 38_000) => ({
    ...alert().conditions[0],
    name,
    episodes: [{ ...alert().conditions[0].episodes[0], clearedMs }],
  });
  const fault = (operation, kind, more) => hosted.twilio.faults.add({ operation, kind, ...more });

  describe('annotate-call', () => {
    const annotate = (conditions) =>
      hosted.report('annotate-call', { ...call, conditions: conditions.map((name) => condition(name)) });
    const annotation = () => world.annotations.get(call.callSid);

    it("notes in Twilio's words what was wrong, and no word of the browser's", async () => {
      const { body } = await annotate([
        'no-outbound-audio',
        'audio-gaps',
        'high-jitter',
        'high-rtt',
        'call-me-at-noon',
        'constructor',
      ]);
      assert.deepEqual(body.result, { qualityIssues: 'owa,choppy_robotic,latency' });
      assert.deepEqual(annotation(), {
        quality_issues: ['owa', 'choppy_robotic', 'latency'],
        comment: 'Device Monitoring: warningDurPct; no-outbound-audio, audio-gaps, high-jitter, high-rtt',
      });
    });

    it('says that a call was dropped whose connection was gone at its end', async () => {
      await hosted.report('annotate-call', { ...call, conditions: [condition('ice-connectivity-lost', null)] });
      assert.equal(annotation().connectivity_issue, 'dropped_call');
      call = hosted.call();
      await hosted.report('annotate-call', { ...call, conditions: [condition('ice-connectivity-lost', 40_000)] });
      assert.equal(annotation().connectivity_issue, undefined);
    });

    it('keeps what a person has noted', async () => {
      world.annotations.set(call.callSid, {
        quality_issues: ['echo'],
        connectivity_issue: 'caller_id',
        comment: "A person's words",
      });
      await hosted.report('annotate-call', {
        ...call,
        conditions: [condition('reconnecting', null), condition('high-rtt')],
      });
      assert.deepEqual(annotation(), {
        quality_issues: ['echo', 'latency'],
        connectivity_issue: 'caller_id',
        comment: "A person's words",
      });
    });

    it('waits until Voice Insights knows the call', async () => {
      fault('annotation.update', 'status', { status: 404 });
      const { status, body } = await annotate(['high-rtt']);
      assert.deepEqual([status, body.retryAfter], [503, 60]);
      assert.equal((await annotate(['high-rtt'])).status, 200);
    });
  });

  describe('update-task', () => {
    const update = (options) => hosted.report('update-task', call, {}, options);
    const text = () => world.tasks.get(call.taskSid).attributes;
    const attributes = () => JSON.parse(text());
    const given = (written) => {
      world.tasks.get(call.taskSid).attributes = written;
    };
    const INSIGHTS = {
      FLEX_INSIGHTS_ATTRIBUTE: 'conversation_attribute_5',
      FLEX_INSIGHTS_MEASURE: 'conversation_measure_2',
    };
    const gist = () => ({
      alertId: alert(call).id,
      diagnosis: 'your-network',
      rules: ['warningDurPct'],
      warningPct: 35,
    });

    it('adds the gist, and for Flex Insights where there is room for it, and keeps the rest', async () => {
      const theirs = { ...attributes(), conversations: { conversation_attribute_1: 'theirs' } };
      given(JSON.stringify(theirs));
      await update(INSIGHTS);
      assert.deepEqual(attributes(), {
        ...theirs,
        deviceMonitoring: gist(),
        conversations: {
          conversation_attribute_1: 'theirs',
          conversation_attribute_5: 'your-network',
          conversation_measure_2: 35,
        },
      });
    });

    it('changes no byte of what is not its own', async () => {
      const THEIRS =
        '"order":12345678901234567890, "ratio" : 1.0 ,\n\t"far":1E400,"half":"\\ud83d","name":"J\\u00e4ne \\/ ✓","twice":1,"twice":{"twice":[ ]},"10":0,"2":0,"__proto__":{"a":9007199254740993}';
      given(`{ ${THEIRS} }`);
      assert.equal((await update()).status, 200);
      assert.ok(text().startsWith(`{ ${THEIRS},`), text());
      assert.deepEqual(attributes().deviceMonitoring, gist());

      // Ours is replaced where it lies, however its key is written.
      given(
        `{"device\\u004donitoring": {"alertId":"older"} , ${THEIRS},"conversations":{ "conversation_attribute_1" : 1.50 }}`,
      );
      call = { ...call, callSid: hosted.call().callSid };
      assert.equal((await update(INSIGHTS)).status, 200);
      assert.ok(text().includes(`} , ${THEIRS},"conversations":{ "conversation_attribute_1" : 1.50,`), text());
      assert.deepEqual(attributes().deviceMonitoring, gist());
      assert.deepEqual(attributes().conversations, {
        conversation_attribute_1: 1.5,
        conversation_attribute_5: 'your-network',
        conversation_measure_2: 35,
      });
      assert.equal(text().match(/alertId/g).length, 1);
    });

    it('leaves attributes alone in which there is no place for its own, or in which nobody can tell which counts', async () => {
      const impossible = [
        '{"conversations":"a text"}',
        '{"conversations":null}',
        '{"conversations":[1]}',
        '{"conversations":7}',
        '{"deviceMonitoring":1,"deviceMonitoring":2}',
        '{"conversations":{},"conversations":{"a":1}}',
        '{"conversations":{"conversation_attribute_5":1,"conversation_attribute_\\u0035":2}}',
        '[]',
        '"a text"',
        '{"a":1,}',
        '{} // {}',
        '',
      ];
      for (const written of impossible) {
        call = hosted.call();
        given(written);
        const { status, body } = await update(INSIGHTS);
        assert.deepEqual([status, body.error], [422, 'action-refused'], written);
        assert.equal(text(), written);
      }
      assert.ok(!hosted.twilio.requests.some(({ operation }) => operation === 'tasks.update'));
    });

    it('does not look at conversations while Flex Insights is to get nothing', async () => {
      given('{"conversations":"a text"}');
      assert.equal((await update()).status, 200);
      assert.equal(attributes().conversations, 'a text');
    });

    it('loses nothing that somebody else writes at the same moment', async () => {
      fault('tasks.update', 'slow', { delayMs: 100 });
      const writing = update();
      while (!hosted.twilio.requests.some(({ operation }) => operation === 'tasks.update'))
        await new Promise((resolve) => {
          setTimeout(resolve, 5);
        });
      const task = world.tasks.get(call.taskSid);
      Object.assign(task, { attributes: JSON.stringify({ ...attributes(), theirs: 1 }), version: task.version + 1 });
      assert.equal((await writing).status, 200);
      assert.equal(attributes().theirs, 1);
      assert.equal(attributes().deviceMonitoring.warningPct, 35);
    });

    it("leaves tasks alone that are not the agent's, or that nobody has accepted", async () => {
      for (const reservation of [
        { workerSid: 'WK00000000000000000000000000000009' },
        { workerSid: WORKER_SID, status: 'rejected' },
      ]) {
        call = { ...hosted.call(), taskSid: world.addTask({ attributes: { theirs: 1 }, ...reservation }).sid };
        const { status, body } = await update();
        assert.deepEqual([status, body.error], [422, 'action-refused']);
        assert.deepEqual(attributes(), { theirs: 1 });
      }
    });

    it('is over when TaskRouter has deleted the task', async () => {
      world.tasks.delete(call.taskSid);
      assert.equal((await update()).status, 422);
    });
  });

  describe('webhook', () => {
    let server;
    let received;
    let answer;
    before(async () => {
      server = http
        .createServer(async (req, res) => {
          let body = '';
          for await (const chunk of req.setEncoding('utf8')) body += chunk;
          received.push({ path: req.url, method: req.method, headers: req.headers, body });
          answer(res);
        })
        .listen(0, '127.0.0.1');
      await once(server, 'listening');
      process.env.STAND_IN_PLACES = JSON.stringify({
        [PUBLIC]: server.address().port,
        '10.0.0.5': server.address().port,
        '127.0.0.1': server.address().port,
      });
      process.env.STAND_IN_NAMES = JSON.stringify({
        'hooks.example.com': [[PUBLIC]],
        'turns.example.com': [[PUBLIC], ['127.0.0.1']],
        'inside.example.com': [['10.0.0.5']],
        'both.example.com': [[PUBLIC, '10.0.0.5']],
        'six.example.com': [['fd00::5']],
      });
    });
    after(() => {
      delete process.env.STAND_IN_PLACES;
      delete process.env.STAND_IN_NAMES;
      server?.closeAllConnections();
      server?.close();
    });
    beforeEach(() => {
      received = [];
      answer = (res) => res.writeHead(204).end();
    });
    const hook = (url = HOOK, context = {}) => hosted.report('webhook', call, {}, { WEBHOOK_URL: url, ...context });

    it('posts a name for the network in place of the prefix of its address', async () => {
      const endpoint = { codec: 'opus', addressPrefix: '198.41.0.0/24' };
      await hosted.report('webhook', { ...call, endpoint }, {}, { WEBHOOK_URL: HOOK });
      const { network, ...rest } = JSON.parse(received[0].body).alert.endpoint;
      assert.match(network, /^N-[0-9a-f]{16}$/);
      assert.deepEqual(rest, { codec: 'opus' });
    });

    it('posts the alert and the verified call, signed, and no number, not even in a text', async () => {
      const reasons = [{ ...alert().reasons[0], text: `The customer is ${CALLER}` }];
      const { status, body } = await hosted.report('webhook', { ...call, reasons }, {}, { WEBHOOK_URL: HOOK });
      assert.deepEqual([status, body.result], [200, { status: 204 }]);
      const [{ path, method, headers, body: text }] = received;
      assert.deepEqual([method, path, headers.host], ['POST', '/alerts?from=flex', 'hooks.example.com']);
      const { alert: document, call: verified, worker } = JSON.parse(text);
      assert.deepEqual(
        [document.id, verified.sid, verified.verified, worker],
        [alert(call).id, call.callSid, true, { workerSid: WORKER_SID }],
      );
      assert.ok(![CALLER, CALLED].some((number) => text.includes(number)));
      const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers['x-device-monitoring-signature']);
      assert.equal(signature, createHmac('sha256', SECRET).update(`${time}.${text}`).digest('hex'));
      assert.ok(Math.abs(Date.now() / 1000 - time) < 60);
    });

    it('goes nowhere private, by whatever name or form', async () => {
      for (const host of [
        'inside.example.com',
        'both.example.com',
        'six.example.com',
        'localhost',
        '127.0.0.1',
        '2130706433',
        '0x7f.1',
        '10.0.0.5',
        '169.254.169.254',
        '100.64.0.1',
        '0.0.0.0',
        '[::1]',
        '[::ffff:10.0.0.5]',
        '[fe80::1]',
        '[64:ff9b::a00:5]',
        '[2002:a00:5::1]',
        '168.63.129.16',
        '[::ffff:168.63.129.16]',
        '[100:0:0:1::1]',
        '[::10.0.0.5]',
        '[3fff::1]',
        '[5f00::1]',
        '[64:ff9b:1::1]',
        '[4000::1]',
        '192.0.0.192',
      ]) {
        call = hosted.call();
        const { status, body } = await hook(`https://${host}/alerts`);
        assert.deepEqual([status, body.error], [503, 'action-not-done'], host);
        hosted.reset();
      }
      assert.deepEqual(received, []);
    });

    it('refuses for good an address that is not HTTPS, or is none', async () => {
      const { post } = hosted.lib('post');
      for (const address of [
        'http://hooks.example.com/alerts',
        'file:///etc/hosts',
        'hooks.example.com/alerts',
        'https://user:word@hooks.example.com/',
        'https://hooks.example.com:99999/',
        '',
        undefined,
      ])
        await assert.rejects(
          () => post(address, '{}', { 'Content-Type': 'application/json' }, 3_000),
          { name: 'ActionNotPerformed', code: 'ADDRESS_IS_NOT_HTTPS', retry: false },
          String(address),
        );
      assert.deepEqual(received, []);
    });

    it('connects to the address that was checked, whatever a second look-up would say', async () => {
      process.env.STAND_IN_PLACES = JSON.stringify({ [PUBLIC]: server.address().port });
      assert.equal((await hook('https://turns.example.com/alerts')).status, 200);
      assert.equal(received.length, 1);
    });

    it('follows no redirect', async () => {
      answer = (res) => res.writeHead(302, { Location: 'https://hooks.example.com/other' }).end();
      const { status, body } = await hook();
      assert.deepEqual([status, body.error], [503, 'receiver-refused']);
      assert.equal(received.length, 1);
    });

    it('loses no alert to a receiver that refuses for a while: a wrong key, a deployment, a redirect', async () => {
      for (const refused of [301, 302, 307, 308, 400, 401, 403, 404, 405, 410, 422]) {
        answer = (res) => res.writeHead(refused, { Location: 'https://hooks.example.com/other' }).end();
        const { status, headers, body } = await hook();
        assert.deepEqual(
          [status, body.error, body.retryAfter, headers['Retry-After']],
          [503, 'receiver-refused', 600, '600'],
          String(refused),
        );
      }
      assert.equal(hosted.entries('action-failed').at(-1).status, 422);
      answer = (res) => res.writeHead(204).end();
      assert.equal((await hook()).body.outcome, 'done');
    });

    it('comes again when the receiver fails or hangs', { timeout: 15_000 }, async () => {
      const failures = [
        [500, (res) => res.writeHead(503).end()],
        [500, (res) => res.writeHead(429).end()],
        [500, (res) => res.destroy()],
        [500, (res) => res.writeHead(503).end('x'.repeat(20_000))],
        [500, () => {}],
      ];
      for (const [status, behaves] of failures) {
        answer = behaves;
        assert.equal((await hook()).status, status, String(behaves));
      }
      answer = (res) => res.writeHead(200).end();
      assert.equal((await hook()).body.outcome, 'done');
    });

    it('has been taken by a receiver that says so, whatever else is in its answer', { timeout: 15_000 }, async () => {
      const taking = [
        (res) => res.writeHead(200).end('x'.repeat(20_000)),
        (res) => res.writeHead(200).end('x'.repeat(2_000_000)),
        (res) => res.writeHead(202).write('x', () => res.destroy()),
        (res) => res.writeHead(200, { 'Content-Length': '100' }).write('x', () => res.destroy()),
        (res) => res.writeHead(200).write('x'),
        (res) => res.writeHead(200).flushHeaders(),
      ];
      for (const behaves of taking) {
        answer = behaves;
        call = hosted.call();
        const { status, body } = await hook();
        assert.deepEqual([status, body.outcome], [200, 'done'], String(behaves));
        assert.ok([200, 202].includes(body.result.status));
        assert.equal((await hook()).body.outcome, 'already-done');
      }
      assert.equal(received.length, taking.length);
      answer = (res) => res.writeHead(403).end('x'.repeat(20_000));
      call = hosted.call();
      const { status, body } = await hook();
      assert.deepEqual([status, body.error], [503, 'receiver-refused']);
    });

    it(
      'has an answer in time also where the receiver wants another protocol, or nobody says where it is',
      { timeout: 15_000 },
      async (t) => {
        const switching = net
          .createServer((socket) =>
            socket
              .on('error', () => {})
              .once('data', () => {
                socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n');
              }),
          )
          .listen(0, '127.0.0.1');
        await once(switching, 'listening');
        const places = process.env.STAND_IN_PLACES;
        t.after(() => {
          process.env.STAND_IN_PLACES = places;
          switching.close();
        });
        process.env.STAND_IN_PLACES = JSON.stringify({ [PUBLIC]: switching.address().port });
        const { status, body } = await hook();
        assert.deepEqual([status, body.error], [503, 'receiver-refused']);

        const { lookup } = dns;
        t.mock.method(dns, 'lookup', (host, ...rest) =>
          host === 'silent.example.com' ? undefined : lookup(host, ...rest),
        );
        call = hosted.call();
        const silent = await hook('https://silent.example.com/alerts');
        assert.deepEqual([silent.status, silent.body.error], [503, 'action-not-done']);
      },
    );
  });

  const installed = () => hosted.lib('actions').installedIn('actions');

  it('that is off by default runs only where ACTIONS_ENABLED names it', async () => {
    const off = [...installed()].filter(([, path]) => require(path).offByDefault);
    assert.ok(off.length > 0);
    for (const [action] of off) {
      const { status, body } = await hosted.report(action, call, {}, { ACTIONS_ENABLED: 'log-call' });
      assert.deepEqual([status, body.error], [403, 'action-disabled'], action);
    }
    assert.deepEqual([...world.annotations.keys()], []);
  });

  it('whose settings are absent or wrong names the variable, not its value, and the browser comes again', async () => {
    const wrong = {
      'send-sms-to-customer': [
        ['SMS_TEXT', ''],
        ['SMS_TEXT', 'x'.repeat(1_601)],
        ['SMS_FROM', '555-nobody'],
      ],
      webhook: [
        ['WEBHOOK_URL', 'http://hooks.example.com/'],
        ['WEBHOOK_URL', 'https://user:word@hooks.example.com/'],
        ['WEBHOOK_URL', 'https://hooks.example.com:99999/'],
        ['WEBHOOK_SECRET', 'short-one'],
      ],
      'update-task': [
        ['TASKROUTER_WORKSPACE_SID', 'the-workspace'],
        ['FLEX_INSIGHTS_ATTRIBUTE', 'conversation_attribute_11'],
        ['FLEX_INSIGHTS_MEASURE', 'conversation_measure_11'],
      ],
    };
    // Who only uses an action of their own has no row in the README, and need not give a wrong value here.
    const [, readme] = readFileSync(new URL('../../README.md', import.meta.url), 'utf8').split('\n## Actions\n');
    const shipped = [...readme.split('\n## ')[0].matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, name]) => name);
    assert.ok(shipped.length > 4, String(shipped));
    for (const action of shipped) {
      const declared = (require(installed().get(action)).options ?? []).map(({ name }) => name);
      const tried = (wrong[action] ?? []).map(([name]) => name);
      assert.deepEqual([...new Set(tried)].sort(), declared.sort(), `${action}: give a wrong value of each setting`);
    }
    for (const [action, settings] of Object.entries(wrong)) {
      for (const [name, value] of settings) {
        const { status, body } = await hosted.report(
          action,
          call,
          {},
          { SMS_TEXT: 'We are sorry.', SMS_FROM: '+12025550100', [name]: value },
        );
        // Otherwise it is the action that is refused (403), or another variable that is named.
        const needed = `${action}: ENV above needs it in ACTIONS_ENABLED if it is off by default, and good values of all its settings but ${name}`;
        assert.deepEqual([status, body.error, body.retryAfter], [500, 'not-configured', 600], needed);
        assert.match(body.message, new RegExp(`^The variable ${name} `), needed);
        assert.ok(value === '' || !`${body.message}${hosted.logText()}`.includes(value), name);
        assert.ok(hosted.entries('not-configured').some(({ message }) => message.includes(name)));
      }
    }
  });
});
