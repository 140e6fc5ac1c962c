/** What log-call writes when a browser sends what no plugin would. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import { hostedLayout } from './support/projects.mjs';
import { alert } from './support/requests.mjs';

const require = createRequire(import.meta.url);

describe('log-call', () => {
  let layout;
  let run;
  before(async () => {
    layout = await hostedLayout();
    globalThis.Runtime = { getFunctions: () => layout.functions, getAssets: () => layout.assets };
    ({ run } = require(layout.functions['actions/log-call'].path));
  });
  after(() => layout?.remove());

  const logged = (t, input) => {
    const log = t.mock.method(console, 'log', () => {});
    run({
      alert: alert(),
      issues: 'short call',
      callerId: '',
      dnis: '',
      call: null,
      worker: { workerSid: null },
      ...input,
    });
    assert.equal(log.mock.callCount(), 1);
    return log.mock.calls[0].arguments[0];
  };

  it('line breaks and direction marks of any kind cannot start a second line', (t) => {
    const forged = 'short call\r\n{"event":"forged"}\u0085\u2028\u2029\u202e\u061c\u200f\u2067\u001b[2J\u009b2J';
    const line = logged(t, { issues: forged });
    assert.doesNotMatch(line, /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    assert.equal(JSON.parse(line).issues, forged);
  });

  it('phone numbers are masked wherever a browser may put them', (t) => {
    const numbers = [
      '+12025550123',
      '12025550123',
      '+1 (555) 555-0123',
      '555.555.0123',
      '0049 555 0123 456',
      '+1/555/555/0123',
      '+1\u00a0555\u00a0555\u00a00123',
      '555 - 555 - 0123',
      '555–555–0123',
      '5,5,5,5,5,5,0,1,2,3',
      '5_5_5_5_5_5_0_1_2_3',
      '555\u200b555\u200d0123',
      '5\ufe0f\u20e35\ufe0f\u20e35\ufe0f\u20e35\ufe0f\u20e30\ufe0f\u20e31\ufe0f\u20e32\ufe0f\u20e3',
      '５５５５５５０１２３',
      '٥٥٥٥٥٥٠١٢٣',
      '५५५५५५०१२३',
      '𝟓𝟓𝟓𝟓𝟓𝟓𝟎𝟏𝟐𝟑',
      '⑤⑤⑤⑤⑤⑤⓪①②③',
      '555٥٥٥５１２３',
      '5550123',
      // What shows no sign of its own, or only looks like one, does not stretch a number.
      [...'5555550123'].map((digit) => `${digit}\ufe0f\u20e3`).join(' - '),
      '5\u200b\u200b\u200b\u200b55555\u00ad\u2060\u200d\ufeff0123',
      '555\u0301\u0302\u0303\u03045550123',
      '５５５ー５５５ー０１２３',
      '٥٥٥ـ٥٥٥ـ٠١٢٣',
      [...'5555550123'].join('\u3164'),
      '五五五五五五〇一二三',
      '五五五-五五五-零一二三',
    ];
    for (const number of numbers) {
      const line = logged(t, {
        callerId: number,
        dnis: number,
        issues: `short call from ${number}`,
        alert: {
          ...alert(),
          reasons: [{ rule: number, text: `called ${number} twice` }],
          conditions: [{ name: number }],
          diagnosis: number,
          cause: number,
          causes: [{ name: number, evidence: { track: number, pressure: number, networkType: number } }],
          endpoint: { headset: number, codec: number, networkType: number, network: number, rttFloorMs: number },
          id: number,
          callSid: number,
          taskSid: number,
          durationMs: 1,
        },
      });
      const { warningMs, ...entry } = JSON.parse(line);
      assert.equal(warningMs, alert().warningMs);
      assert.doesNotMatch(
        JSON.stringify(entry).replace(/[^\p{N}零一二三四五六七八九"]/gu, ''),
        /[\p{N}零一二三四五六七八九]{3}/u,
        line,
      );
    }
  });

  it('no figure and no time in an id holds a phone number', (t) => {
    const number = 15555550123;
    const worker = `WK${'a'.repeat(32)}`;
    for (const figure of [number, -number, number / 10 ** 4, number * 10 ** 9]) {
      for (const owner of [worker, 'unknown']) {
        const episode = { startMs: figure, endMs: figure, worst: figure, threshold: figure };
        const line = logged(t, {
          alert: {
            ...alert(),
            id: `alert-${owner}-${number}`,
            callSid: undefined,
            durationMs: figure,
            warningMs: figure,
            warningPct: figure,
            reasons: [{ rule: 'shortCall', value: figure, threshold: figure, text: '' }],
            conditions: [{ name: 'high-rtt', side: 'agent', direction: 'both', episodes: [episode] }],
          },
        });
        assert.doesNotMatch(line.replaceAll('.', ''), /555555|0123/, line);
        assert.equal(JSON.parse(line).alertId, `alert-${owner}-155555*****`);
      }
    }
  });

  it('figures of a call are logged as they are measured', (t) => {
    const entry = JSON.parse(logged(t, { alert: { ...alert(), durationMs: 812_345, warningPct: 12.34 } }));
    assert.deepEqual([entry.durationMs, entry.warningPct], [812_345, 12.34]);
  });

  it('the model of a headset and the name of a network are logged although they have many digits', (t) => {
    const endpoint = {
      headset: '0451:1234',
      network: 'N-1234567812345678',
      codec: 'opus',
      networkType: 'vpn',
      rttFloorMs: 31,
      webRtcRedirected: true,
      echoReturnLoss: -30,
    };
    const entry = JSON.parse(logged(t, { alert: { ...alert(), endpoint: { ...endpoint, other: 'Jane' } } }));
    assert.deepEqual(entry.endpoint, endpoint);
    assert.deepEqual(JSON.parse(logged(t, { alert: { ...alert(), endpoint: undefined } })).endpoint, {});
  });

  it('a phone number is masked before the text that it is in is cut', (t) => {
    for (let length = 185; length <= 200; length += 1) {
      const { issues } = JSON.parse(logged(t, { issues: `${'x'.repeat(length)}+15555550123 and more` }));
      assert.equal(issues.length, 200);
      assert.doesNotMatch(issues, /\d{3}/);
    }
  });

  it('a text is not cut in the middle of a character', (t) => {
    const { issues } = JSON.parse(logged(t, { issues: `${'x'.repeat(199)}😀 and more` }));
    assert.equal(issues, `${'x'.repeat(199)}😀`);
  });

  it('what is measured and said of a call stays readable', (t) => {
    const text =
      '35 % of the call was under warning: high-rtt from 12 s to 33 s; 3 of 5; 812.5 ms, more than 400 ms; at 0:32, at 1:05, at 12:10; 三つの警告';
    assert.equal(JSON.parse(logged(t, { issues: text })).issues, text);
  });

  it('an alert of the wrong shape is logged as far as it makes sense, and fits a line', (t) => {
    const line = logged(t, {
      alert: {
        ...alert(),
        id: ['6f1c2f0e-7a1b-4c55-9a64-0d1d2c3b4a59'],
        callSid: { toString: 'CA' },
        durationMs: '60000',
        reasons: Array(5_000).fill({ text: 'x'.repeat(10_000) }),
        conditions: [null, 7, 'text', { episodes: {} }, { episodes: Array(5_000).fill({}) }],
      },
    });
    const entry = JSON.parse(line);
    assert.equal(entry.alertId, null);
    assert.equal(entry.callSid, null);
    assert.equal(entry.durationMs, null);
    assert.equal(entry.reasons.length, 20);
    assert.ok(line.length < 16_384, `${line.length} characters`);
  });
});
