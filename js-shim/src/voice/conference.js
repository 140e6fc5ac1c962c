/** Everybody in a conference of Flex's store; whatever else is there in their place is nobody. */
const participantsOf = (conference) =>
  Array.isArray(conference?.participants) ? conference.participants.filter(Boolean) : [];

/**
 * The conference in which a call is a leg. Flex keeps conferences by the SID of the task. A supervisor who monitors the
 * conference has no part in it: their call belongs to no task of their own.
 * @param {object} flexState the `flex` slice of the Redux store
 * @param {string | undefined} callSid
 * @returns {{taskSid: string, conference: object, participant: object} | undefined}
 */
export function findConference(flexState, callSid) {
  if (!callSid) return undefined;
  for (const [taskSid, state] of flexState?.conferences?.states ?? []) {
    const conference = state?.source;
    const participant = participantsOf(conference).find(
      (one) => one.callSid === callSid && one.participantType !== 'supervisor',
    );
    if (participant) return { taskSid, conference, participant };
  }
  return undefined;
}

/**
 * Who is in a call's conference and who is on hold, as Flex shows it: the Voice SDK knows of neither.
 * @param {object} flexState
 * @param {string | undefined} callSid of the agent's leg
 * @returns {import('../generated/monitor').ConferenceState | undefined} undefined while the conference is not known
 */
export function describeConference(flexState, callSid) {
  const found = findConference(flexState, callSid);
  if (!found) return undefined;
  const others = participantsOf(found.conference).filter((one) => one !== found.participant);
  return {
    onHold: Boolean(found.participant.onHold),
    others: others.map(({ participantType: type, status, connecting, onHold }) => ({
      // Flex shows participants as joined whom it is still calling.
      type,
      status: connecting ? 'connecting' : status,
      onHold: Boolean(onHold),
    })),
  };
}
