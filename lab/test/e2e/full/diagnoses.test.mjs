// Each diagnosis on a real call that is spoiled accordingly: the right words, once, and gone after it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from '../../../configuration.mjs';
import { Lab } from '../../../page/driver.mjs';

const NOTICED_MS = 60_000;
const GONE_MS = 60_000;
const NETWORK_ADVICE = 'Move closer to the router or use a cable.';

const CONNECTION_LOST =
  'Urgent Your connection to this call is lost. Stay on the line while it is being restored, and check your cable or Wi\u2011Fi.';

const only = (direction) => async (lab, call) => lab.spoil(call, direction, { loss: 0.15 });
const preset = (name) => async (lab, call) => lab.spoil(call, 'both', name);

/** @type {Array<{what: string, prepare?: Function, spoil: Function, heal?: Function, says: string, diagnosis: string, role?: 'status'|'alert'}>} role: of the live region, none where it is not read out */
const TROUBLES = [
  {
    what: "the customer's packets are lost",
    spoil: only('down'),
    diagnosis: 'your-network',
    role: 'status',
    says: `Warning You may hear the customer with gaps: your network is unsteady. ${NETWORK_ADVICE}`,
  },
  {
    what: "the agent's packets are lost",
    spoil: only('up'),
    diagnosis: 'your-network',
    role: 'status',
    says: `Warning The customer may hear you with gaps: your network is unsteady. ${NETWORK_ADVICE}`,
  },
  {
    what: 'the microphone gives no sound',
    diagnosis: 'your-microphone',
    role: 'status',
    // From the beginning: behind the noise suppression that its pauses would show, silence is only asked about.
    prepare: (lab) => lab.silenceMicrophone(true),
    spoil: () => {},
    heal: (lab) => lab.silenceMicrophone(false),
    says: 'Warning Your microphone gives no sound. Check the mute switch and the plug of your headset.',
  },
  {
    what: 'nothing of the agent arrives',
    spoil: preset('unheard-agent'),
    diagnosis: 'customer-cannot-hear-you',
    role: 'alert',
    says: 'Urgent The customer cannot hear you. The trouble is on your side: check your headset and your cable or Wi\u2011Fi. If it lasts, offer to call back.',
  },
  {
    what: 'nothing of the customer arrives',
    spoil: preset('deaf-agent'),
    diagnosis: 'no-audio-from-customer',
    role: 'status',
    says: 'Urgent No sound from this call reaches you. The trouble is on your side: tell the customer, and check your cable or Wi\u2011Fi. If it lasts, offer to call back.',
  },
  {
    what: 'packets are lost both ways',
    spoil: only('both'),
    diagnosis: 'your-network',
    role: 'status',
    says: `Warning You and the customer may hear each other with gaps: your network is unsteady. ${NETWORK_ADVICE}`,
  },
  {
    what: 'the way to the signalling is lost',
    diagnosis: 'signaling-lost',
    says: 'You and the customer hear each other, but hold and transfer may not work. Go on with the call, and wait a moment before you hold or transfer it.',
    spoil: (the) => the.voice.leave(),
    heal: (the) => the.voice.comeBack(),
  },
  {
    what: 'nothing passes at all',
    spoil: preset('blackout'),
    diagnosis: 'connection-lost',
    role: 'status',
    says: CONNECTION_LOST,
  },
];

/** @type {Lab} */
let lab;
before(async () => {
  lab = await Lab.start({ functions: false });
  // A busy machine's jitter would say something of its own in between.
  await lab.boot({ configuration: { ...WATCHFUL, highJitterThreshold: 500, noticesPerShift: 100 } });
});
after(() => lab?.close());

for (const {
  what,
  prepare = () => {},
  spoil,
  heal = (the, call) => the.heal(call),
  says,
  diagnosis,
  role,
} of TROUBLES) {
  test(`when ${what}, the agent reads it once, and it is gone after it`, async () => {
    await prepare(lab);
    const call = await lab.callIn();
    await lab.accept(call);
    await sleep(6000);
    await lab.forget();
    await spoil(lab, call);
    const region = role ? `[role=${role}] ` : ':not([role]) > ';
    const [symptom] = says.replace(/^(Urgent|Warning) /, '').split('. ');
    const notice = lab.page.locator(`${region}[data-testid=device-monitoring-notice][data-diagnosis=${diagnosis}]`, {
      hasText: symptom,
    });
    await notice.waitFor({ timeout: NOTICED_MS });
    assert.equal((await lab.notices())[0].text, says);
    await heal(lab, call);
    await lab.waitForNotice('recovered', { timeoutMs: GONE_MS });
    await lab.waitForNotice('none', { timeoutMs: GONE_MS });
    const { mostNotices, mostToasts } = await lab.seen();
    assert.deepEqual({ mostNotices, mostToasts }, { mostNotices: 1, mostToasts: 0 });
    await lab.hangUp(call);
    await lab.complete(call);
  });
}
