import { findConference } from './task';

/**
 * Whether a call is on hold: the Voice SDK has no notion of it, Flex keeps it with the conference's
 * participants. Either side on hold makes the audio levels of this leg say nothing about the devices.
 * @param {object} flexState the `flex` slice of the Redux store
 * @param {string | undefined} callSid of the agent's leg
 * @returns {boolean | undefined} undefined while the conference is not known
 */
export function isHeld(flexState, callSid) {
  const found = findConference(flexState, callSid);
  if (!found) return undefined;
  return found.conference.participants.some(
    (one) => one.onHold && one.status === 'joined' && (one === found.participant || one.participantType === 'customer'),
  );
}
