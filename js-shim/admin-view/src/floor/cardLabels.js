import { ownProperty } from '../ownProperty';
import { useText } from '../text';

/**
 * What a card tells beside its figures: the keys of the texts by the names that it has for them, with their units. What has
 * none is shown by its name.
 */
const FACTS = {
  track: ['microphoneTrack'],
  pressure: ['pressure'],
  lateMs: ['lateTimer', 'ms'],
  synthesizedPct: ['madeUpSound', '%'],
  standstillMs: ['standstill', 'ms'],
  networkType: ['networkType'],
  relayProtocol: ['relayProtocol'],
  concealmentMs: ['concealment', 'ms'],
  bufferSwingMs: ['bufferSwing', 'ms'],
  pathChanges: ['pathChanges'],
  direction: ['direction'],
  team: ['team'],
  site: ['site'],
  edge: ['edge'],
  headset: ['headset'],
  codec: ['codec'],
  network: ['networkName'],
  rttFloorMs: ['rttFloor', 'ms'],
};
/** Names of products, in every language. */
const PRODUCTS = { plugin: 'Device Monitoring', flexUi: 'Flex UI', voiceSdk: 'Voice SDK' };
/** Values that are words. */
const VALUES = { direction: { inbound: 'inbound', outbound: 'outbound' } };

const textOf = (value) => (typeof value === 'object' ? JSON.stringify(value) : String(value));

/** Rows of a table of facts. @returns {(facts: Record<string, unknown>) => {key: string, cells: string[]}[]} */
export function useFacts() {
  const t = useText();
  const called = (name) => {
    const [key, unit] = ownProperty(FACTS, name) ?? [];
    if (!key) return ownProperty(PRODUCTS, name) ?? name;
    return unit ? t('withUnit', { name: t(key), unit }) : t(key);
  };
  const told = (name, value) => {
    const key = ownProperty(ownProperty(VALUES, name) ?? {}, value);
    return key ? t(key) : textOf(value);
  };
  return (facts) =>
    Object.entries(facts)
      .filter(([, value]) => value !== undefined && value !== null && value !== '')
      .map(([name, value]) => ({ key: name, cells: [called(name), told(name, value)] }));
}
