import { findConference } from './conference';

const CONFERENCE = /^CF[0-9a-f]{32}$/;

/**
 * What Flex knows of a call, found by the call's own SID rather than by "the latest task".
 * @param {object} flexState the `flex` slice of the Redux store
 * @param {object} call the Voice SDK's call
 * @returns {object} CallContext of the engine
 */
export function describeCall(flexState, call) {
  const callSid = call.parameters?.CallSid;
  const { taskSid, conference, participant } = findConference(flexState, callSid) ?? {};
  const task = findTask(flexState, { taskSid, callSid, hint: taskHint(call) });
  const attributes = task?.attributes ?? {};
  return {
    direction: textOrNumber(attributes.direction),
    taskSid: textOrNumber(task?.taskSid ?? taskSid),
    reservationSid: textOrNumber(task?.sid ?? participant?.reservationSid),
    conferenceSid: conferenceSidIn(conference?.conferenceSid) ?? conferenceSidIn(attributes.conference?.sid),
    // Whose number is which, the engine says.
    attributes: task?.attributes,
  };
}

function findTask(flexState, { taskSid, callSid, hint }) {
  const tasks = [...(flexState?.worker?.tasks?.values() ?? [])].filter(Boolean);
  const by = (matches) => tasks.find(matches);
  return (
    (taskSid && by((task) => task.taskSid === taskSid)) ||
    // The conference's participants arrive seconds after the call, the task's attributes with it.
    (callSid && by((task) => task.attributes?.conference?.participants?.worker === callSid)) ||
    (hint && by((task) => task.taskSid === hint))
  );
}

function taskHint(call) {
  const custom = call.customParameters;
  return typeof custom?.get === 'function' ? (custom.get('taskSid') ?? custom.get('TaskSid')) : undefined;
}

/** Attributes come from flows, other plugins and callers' data: what is no text and no number says nothing. */
function textOrNumber(value) {
  return ['string', 'number'].includes(typeof value) && value !== '' ? String(value) : undefined;
}

/** Of an attribute, nothing else may pass for a SID: the Function would refuse the alert. */
function conferenceSidIn(value) {
  return typeof value === 'string' && CONFERENCE.test(value) ? value : undefined;
}
