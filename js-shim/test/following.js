import { createMonitorHost } from '../src/monitorHost';
import { followCalls } from '../src/voice/followCalls';
import { FakeDevice, fakeManager, fakeVoiceClient } from './fakes';
import { Recorder } from './recorder';

export const AGENT_LEG = 'CA00000000000000000000000000000001';
export const SECOND_LEG = 'CA00000000000000000000000000000002';

/**
 * Follows the calls of a page, for an engine that only records what it is given.
 * @param {object} [options] of the page's manager
 */
export function startFollowing(options) {
  const engine = new Recorder();
  const device = new FakeDevice();
  const manager = fakeManager({ voiceClient: fakeVoiceClient(device), ...options });
  followCalls(manager, createMonitorHost({ build: () => engine, onEffect: () => {} }), { lateTickMs: 250 });
  return { engine, device, manager };
}
