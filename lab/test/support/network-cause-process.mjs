// One call in a network of a kind, in a process of its own: a network namespace holds for all of one.
//
//   node network-cause-process.mjs WHAT      WHAT: JSON, see below; prints what the agent and the Function were told, as JSON
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from '../../configuration.mjs';
import { addressOf, plugNetwork } from '../../network/namespace.mjs';
import { isRelayed, startTurn } from '../../network/turn.mjs';
import { Lab } from '../../page/driver.mjs';

const CONFIGURATION = { ...WATCHFUL, highJitterThreshold: 100, noticesPerShift: 100, shortCallThreshold: 120 };
const SETTLED_AFTER_MS = 8000;
const NOTICED_MS = 40_000;

/**
 * @type {{cause: string, networks?: Array<'ethernet' | 'wifi' | 'vpn'>, isRelayed?: boolean,
 *   impairment?: import('../../network/impairment.mjs').Impairment}} networks: the first of them is in use; without an
 *   impairment its cable is pulled
 */
const what = JSON.parse(process.argv[2]);

async function tell() {
  const { cause, networks, impairment } = what;
  const turn = what.isRelayed ? await startTurn() : undefined;
  const addresses = (networks ?? []).map(addressOf);
  const near = turn ? isRelayed : (address) => addresses.includes(address);
  const lab = await Lab.start({ near });
  try {
    const acceptOptions = turn && { rtcConfiguration: { iceServers: [turn.iceServer] } };
    await lab.boot({
      configuration: CONFIGURATION,
      flexConfig: acceptOptions && { sdkOptions: { voice: { acceptOptions } } },
    });
    const call = await lab.callIn();
    await lab.accept(call);
    await sleep(SETTLED_AFTER_MS);
    await lab.forget();
    if (impairment) lab.spoil(call, 'both', impairment);
    else plugNetwork(networks[0], false);
    const notice = lab.page.locator(`[data-testid=device-monitoring-notice][data-cause=${cause}]:visible`);
    await notice.waitFor({ timeout: NOTICED_MS }).catch(() => {});
    const shown = await lab.notices();
    lab.heal(call);
    await lab.waitForNotice('recovered', { timeoutMs: NOTICED_MS }).catch(() => {});
    const { mostNotices, mostToasts, texts } = await lab.seen();
    await lab.hangUp(call);
    const {
      fields: { alert },
    } = await lab.alertOf(call, { status: 200 });
    return { shown, mostNotices, mostToasts, texts, causes: alert.causes, endpoint: alert.endpoint };
  } finally {
    await lab.close();
    await turn?.stop();
  }
}

process.stdout.write(JSON.stringify(await tell()));
