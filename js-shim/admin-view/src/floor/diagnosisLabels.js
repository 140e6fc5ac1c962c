import { ownProperty } from '../ownProperty';
import { useText } from '../text';

/** The keys of texts by the names that beats and cards have. What has none is shown by its name. */
const DIAGNOSES = {
  'connection-lost': 'whatConnectionLost',
  'customer-cannot-hear-you': 'whatCustomerCannotHear',
  'no-audio-from-customer': 'whatNoAudio',
  'your-microphone': 'whatMicrophone',
  'your-computer': 'whatComputer',
  'your-network': 'whatNetwork',
  'signaling-lost': 'whatSignaling',
  'talking-while-muted': 'whatTalkingMuted',
  'can-customer-hear-you': 'whatSilent',
  'not-heard': 'whatNotHeard',
};
const CAUSES = {
  'microphone-ended': 'whyMicrophoneEnded',
  'microphone-muted': 'whyMicrophoneMuted',
  'computer-busy': 'whyComputerBusy',
  browser: 'whyBrowser',
  vpn: 'whyVpn',
  wifi: 'whyWifi',
  firewall: 'whyFirewall',
  'path-switched': 'whyPathSwitched',
};
const RULES = {
  shortCall: 'ruleShortCall',
  endedInWarning: 'ruleEndedInWarning',
  warningDurPct: 'ruleWarningDurPct',
  severelyConcealedPct: 'ruleSeverelyConcealedPct',
  agentReport: 'ruleAgentReport',
};

/** @typedef {(name: string | undefined | null, places?: Record<string, unknown>) => string} Word */

/** Words for what beats and cards say. @returns {{what: Word, why: Word, rule: Word, whatOrRule: Word}} */
export function useWords() {
  const t = useText();
  const wordOf = (table) => (name, places) => {
    if (!name) return '';
    const key = ownProperty(table, name);
    return key ? t(key, places) : name;
  };
  return {
    what: wordOf(DIAGNOSES),
    why: wordOf(CAUSES),
    rule: wordOf(RULES),
    whatOrRule: wordOf({ ...DIAGNOSES, ...RULES }),
  };
}
