/** The commands that docs/configuration.md has for a shell, run against a stand-in that replaces `attributes` as Twilio's API does. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const DOCUMENT = fileURLToPath(new URL('../../docs/configuration.md', import.meta.url));
const SID = 'AC00000000000000000000000000000001';
const TOKEN = '0123456789abcdef0123456789abcdef';
const OTHERS = {
  AnotherPlugin: { url: 'https://example.com/?a=1&b=2', list: [1, null, { deep: 'ünïcode "quoted"' }] },
  empty: {},
  text: 'x',
};

const absent = ['bash', 'curl', 'jq'].filter((tool) => spawnSync(tool, ['--version']).status !== 0);
const [, text] = (await readFile(DOCUMENT, 'utf8')).split('\n### By hand, without Rust\n');
const [login, get, add, look, send, readBack, switchOff, undo] = [...text.matchAll(/```bash\n([^]*?)```/g)].map(
  ([, block]) => block,
);

describe(
  'the commands for editing the Flex configuration',
  { skip: absent.length > 0 && `${absent} not installed` },
  () => {
    let folder;
    let server;
    let configuration;
    let posts;
    let broken = false;
    before(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'device-monitoring-configuration-'));
      server = http
        .createServer(async (req, res) => {
          let body = '';
          for await (const chunk of req.setEncoding('utf8')) body += chunk;
          if (broken) return res.writeHead(503).end('{"status": 503}');
          const allowed = req.headers.authorization === `Basic ${Buffer.from(`${SID}:${TOKEN}`).toString('base64')}`;
          if (allowed && req.method === 'POST') {
            posts.push(JSON.parse(body));
            configuration = { ...configuration, ...posts.at(-1) };
          }
          res.writeHead(allowed ? 200 : 401, { 'Content-Type': 'application/json' });
          return res.end(
            JSON.stringify(allowed ? configuration : { code: 20003, message: 'Authenticate', status: 401 }),
          );
        })
        .listen(0, '127.0.0.1');
      await once(server, 'listening');
    });
    after(async () => {
      server?.close();
      await rm(folder, { recursive: true });
    });

    const start = (attributes) => {
      configuration = { account_sid: SID, attributes, ui_attributes: { theme: 'dark' }, status: 'ok' };
      posts = [];
    };
    /** Runs blocks one after the other in one shell, as somebody does who pastes them. */
    const paste = async (...blocks) => {
      const local = login.replace(/^URL=.*$/m, `URL=http://127.0.0.1:${server.address().port}/v1/Configuration`);
      assert.notEqual(local, login);
      const shell = spawn('bash', ['--norc', '-c', [local, ...blocks].join('\n')], {
        cwd: folder,
        env: { PATH: process.env.PATH },
      });
      shell.stdin.end(`${SID}\n${TOKEN}\n`);
      const output = { stdout: '', stderr: '' };
      for (const name of ['stdout', 'stderr'])
        shell[name].setEncoding('utf8').on('data', (data) => {
          output[name] += data;
        });
      await once(shell, 'close');
      return output;
    };

    it("our block comes, every other plugin's data stays, and reading back says so", async () => {
      start(OTHERS);
      const { stdout, stderr } = await paste(get, add, look, send, readBack);
      assert.equal(stderr, '');
      assert.match(stdout, /\nas sent\n$/);
      const { DeviceMonitoringPlugin: block, ...others } = configuration.attributes;
      assert.deepEqual(others, OTHERS);
      assert.equal(block.highPacketsLostThreshold, 3);
      assert.deepEqual(Object.keys(posts[0]).sort(), ['account_sid', 'attributes']);
      assert.doesNotMatch(stdout, /^</m, 'the difference takes something away');
    });

    it('a configuration without attributes gets ours', async () => {
      start(null);
      await paste(get, add, look, send, readBack);
      assert.deepEqual(Object.keys(configuration.attributes), ['DeviceMonitoringPlugin']);
    });

    it('switching off changes one property, and undo brings back what was there', async () => {
      start({ ...OTHERS, DeviceMonitoringPlugin: { alertAgent: true } });
      const { stdout } = await paste(get, switchOff, look, send, readBack);
      assert.match(stdout, /^> .*"enabled": false/m);
      assert.deepEqual(configuration.attributes, {
        ...OTHERS,
        DeviceMonitoringPlugin: { alertAgent: true, enabled: false },
      });
      assert.match((await paste(undo, readBack)).stdout, /^\nas sent\n$/);
      assert.deepEqual(configuration.attributes, { ...OTHERS, DeviceMonitoringPlugin: { alertAgent: true } });
    });

    it('nothing is sent when somebody else was faster', async () => {
      start(OTHERS);
      await paste(get, add);
      configuration.attributes = { ...OTHERS, text: 'y' };
      await paste(send);
      assert.deepEqual(posts, []);
    });

    it('nothing is sent when there was nothing to add to', async () => {
      start(OTHERS);
      broken = true;
      const { stderr } = await paste(get, add);
      broken = false;
      assert.match(stderr, /not a configuration/);
      await paste(send);
      assert.deepEqual(posts, []);
    });

    it('the token is in no file', async () => {
      for (const name of await readdir(folder))
        assert.ok(!(await readFile(path.join(folder, name), 'utf8')).includes(TOKEN), name);
    });
  },
);
