// A computer that does not keep up: the processes of a browser share a part of one processor (cgroup v1, `cpu`).
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const ROOT = '/sys/fs/cgroup/cpu';
const PERIOD_US = 100_000;

/** Whether this machine lets the lab do that. */
export const canThrottleCpu = () => process.getuid?.() === 0 && fs.existsSync(path.join(ROOT, 'cpu.cfs_quota_us'));

/** The browser's own process and all that it has started. */
export async function processesOf(browser) {
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  await devtools.detach();
  const parents = fs.readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = fs.readFileSync(`/proc/${name}/stat`, 'utf8');
      return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])]];
    } catch {
      return []; // it has gone meanwhile
    }
  });
  const all = [processInfo.find(({ type }) => type === 'browser').id];
  for (const pid of all) all.push(...parents.filter(([, parent]) => parent === pid).map(([child]) => child));
  return all;
}

/**
 * @param {import('playwright-core').Browser} browser
 * @param {number} percent of one processor that all of its processes share from now on
 * @returns {Promise<() => void>} gives them everything again
 */
export async function throttleCpu(browser, percent) {
  if (!canThrottleCpu()) throw new Error('a browser can only be starved by root, with cgroup v1');
  const group = path.join(ROOT, `lab-${process.pid}`);
  fs.mkdirSync(group, { recursive: true });
  fs.writeFileSync(path.join(group, 'cpu.cfs_period_us'), String(PERIOD_US));
  fs.writeFileSync(path.join(group, 'cpu.cfs_quota_us'), String((percent * PERIOD_US) / 100));
  const moved = [];
  for (const pid of await processesOf(browser)) {
    // Threads of sound have real-time priority, which no quota holds back.
    execFileSync('chrt', ['--all-tasks', '--other', '--pid', '0', String(pid)], { stdio: 'ignore' });
    fs.writeFileSync(path.join(group, 'cgroup.procs'), String(pid));
    moved.push(pid);
  }
  return () => {
    for (const pid of moved) {
      try {
        fs.writeFileSync(path.join(ROOT, 'cgroup.procs'), String(pid));
      } catch {
        // it has gone meanwhile
      }
    }
    fs.rmdirSync(group);
  };
}
