// The floor of the demo: a dozen simulated colleagues beside the agent in the lab, for hours.
import { Colleagues } from './agents-parent.mjs';
import { planShift } from './shift.mjs';
import { floorEnvironment, seatAgent } from './floor-lab.mjs';

const COLLEAGUES = 12;
const HOURS_MS = 4 * 3_600_000;

/** With which options a lab has the floor. */
export const FLOOR_LAB = { functionEnv: floorEnvironment(8) };

/** Calls short enough to see them come and go, and the first trouble within the first minute. */
const PACE = {
  openWithin: 3_000,
  call: [45_000, 150_000],
  pause: [4_000, 12_000],
  downAt: 30_000,
  downWithin: 10_000,
  downFor: 60_000,
  leaveWithin: 1_000,
};

/**
 * The colleagues come to work, and Twilio knows where they and the agent sit.
 * @param {import('../page/stage.mjs').Stage} lab started with `FLOOR_LAB`
 * @param {import('../page/stage.mjs').Stage[]} [readers] whose Flex knows what they are called
 * @returns {Colleagues}
 */
export function openFloor(lab, readers = [lab]) {
  const { sid, name, identity } = lab.world.worker;
  seatAgent(lab, { full_name: name, team_name: 'Blue', location: 'Lisbon' });
  const pace = /** @type {import('./shift.mjs').Pace} */ (PACE);
  const shift = planShift({ agents: COLLEAGUES, seed: 1, lengthMs: HOURS_MS, pace, faults: false });
  const named = shift.map(({ worker }) => ({ sid: worker.sid, name: worker.userName, identity: worker.identity }));
  for (const { world } of readers) world.others.push({ sid, name, identity }, ...named);
  return new Colleagues({ shift, twilio: lab.twilio, functions: lab.function });
}
