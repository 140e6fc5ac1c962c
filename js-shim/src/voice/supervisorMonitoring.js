/**
 * Whether Flex lets this user, a supervisor, monitor a colleague's call, or is about to. Its `task` stays there when
 * that is over; its `status` is 0 then.
 * @param {object} flexState the `flex` slice of the Redux store
 * @returns {boolean}
 */
export function isMonitoring(flexState) {
  return Boolean(flexState?.supervisor?.callMonitoring?.status);
}

/**
 * Whether the supervisor can be heard in the conference that they monitor: they have joined the call, or coach.
 * @param {object} flexState
 * @returns {boolean}
 */
export function isSpeaking(flexState) {
  const workerSid = flexState?.worker?.worker?.sid;
  const participants = flexState?.supervisor?.callMonitoring?.task?.conference?.source?.channelParticipants ?? [];
  return participants.some(
    ({ type, routingProperties, mediaProperties }) =>
      type === 'supervisor' &&
      routingProperties?.workerSid === workerSid &&
      (mediaProperties?.status ?? 'joined') === 'joined' &&
      !mediaProperties?.muted,
  );
}
