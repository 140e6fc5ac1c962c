import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import zlib from 'node:zlib';
import { cleanInternals, cleanRtcStats } from '../recordings/dumps.mjs';
import { readScenarios } from '../recordings/scenarios.mjs';

const FOLDER = new URL('../../tests/dumps/', import.meta.url);

test('of a dump of webrtc-internals, addresses and descriptions are taken out and the statistics stay', () => {
  const series = (values) => ({ startTime: 'a', endTime: 'b', statsType: 'local-candidate', values });
  const dump = {
    getUserMedia: [{ audio: '' }],
    PeerConnections: {
      '1-1': {
        url: 'https://flex.example.com/',
        stats: { 'I1-address': series('["192.0.2.7"]'), 'I1-port': series('[5000]'), 'I1-priority': series('[1]') },
        updateLog: [
          { type: 'setLocalDescription', value: 'v=0 192.0.2.7' },
          { type: 'onconnectionstatechange', value: '"connected"' },
        ],
      },
    },
  };
  const cleaned = JSON.parse(cleanInternals(JSON.stringify(dump)));
  assert.doesNotMatch(JSON.stringify(cleaned), /192\.0\.2|5000|example/);
  const { stats, updateLog } = cleaned.PeerConnections['1-1'];
  assert.equal(stats['I1-priority'].values, '[1]');
  assert.deepEqual(
    updateLog.map(({ value }) => value),
    ['', '"connected"'],
  );
});

test('of a dump of rtcStats, the same', () => {
  const lines = [
    'RTCStatsDump',
    '{"fileFormat":3}',
    '["create","1-1",{},"https://flex.example.com/",1]',
    '["onicecandidate","1-1",{"candidate":"192.0.2.7"},1]',
    '["getStats","1-1",{"I1":{"type":"local-candidate","address":"192.0.2.7","port":5000,"priority":1}},1]',
  ];
  assert.equal(
    cleanRtcStats(lines.join('\n')),
    [
      ...lines.slice(0, 2),
      '["create","1-1",{},"",1]',
      '["onicecandidate","1-1",null,1]',
      '["getStats","1-1",{"I1":{"type":"local-candidate","address":"","port":0,"priority":1}},1]',
    ].join('\n'),
  );
});

test('every scenario with dumps has its recording and both dumps, in which there is no address', () => {
  const names = readScenarios()
    .filter(({ dumpEvery }) => dumpEvery)
    .map(({ name }) => name);
  const files = fs.readdirSync(FOLDER).sort();
  const expected = names.flatMap((name) =>
    ['internals.json.gz', 'jsonl', 'rtcstats.gz'].map((end) => `${name}.${end}`),
  );
  assert.deepEqual(files, expected.sort());
  for (const file of files) {
    const bytes = fs.readFileSync(new URL(file, FOLDER));
    const text = (file.endsWith('.gz') ? zlib.gunzipSync(bytes) : bytes).toString();
    assert.doesNotMatch(text, /"(127|192|10)\.\d+\.\d+\.\d+|a=candidate|ice-ufrag|localhost/, file);
  }
});
