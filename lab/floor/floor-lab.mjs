// A lab that has the floor: how the Function is set up for it, where Twilio says that the agent sits, and what Sync is
// given.
import worldModule from '../../plugin-serverless/test/support/twilio/world.cjs';
import { Entries } from '../awaitable-list.mjs';

/** The Function's environment where calls are reported. @param {number} [shards] the Function's default if there is none */
export const floorEnvironment = (shards) => ({
  TASKROUTER_WORKSPACE_SID: worldModule.WORKSPACE_SID,
  ...(shards && { FLOOR_SHARDS: String(shards) }),
});

/**
 * Twilio knows the lab's agent as a worker with these attributes: `team_name` and `location` are read.
 * @param {import('../page/stage.mjs').Stage} lab
 * @param {object} attributes
 */
export function seatAgent(lab, attributes) {
  lab.twilio.world.addWorker({ sid: lab.world.worker.sid, attributes });
}

/**
 * Who sits in this lab is a supervisor or an admin, and a colleague of the agent in the other one.
 * @param {import('../page/stage.mjs').Stage} lab
 * @param {import('../page/stage.mjs').Stage} agent
 * @param {'supervisor' | 'admin'} role
 */
export function seatSupervisor(lab, agent, role) {
  const { sid, name, identity } = agent.world.worker;
  Object.assign(lab.world.worker, {
    name: 'Sam Supervisor',
    userName: 'sam@example.com',
    identity: 'sam_40example_2Ecom',
    roles: [role],
  });
  lab.world.colleague = { sid, name, identity };
}

/** What Sync is given in this lab from now on: {map, data, at}. @param {import('../page/stage.mjs').Stage} lab */
export function floorItems(lab) {
  const items = new Entries();
  lab.twilio.world.floor.on('item', ({ map, item }) =>
    items.add({ map: map.uniqueName, data: item.data, at: Date.now() }),
  );
  return items;
}
