import { Box } from '@twilio-paste/core/box';
import React, { useEffect, useState } from 'react';

import { ask } from '../../floor/functions';
import { moment } from '../../format';
import { ownProperty } from '../../ownProperty';
import { useText } from '../../text';

const STATES = { done: 'outcomeDone', failed: 'outcomeFailed', unknown: 'outcomeUnknown', claimed: 'outcomeClaimed' };

/**
 * After how long it is asked again, in ms, about a call that has just been reported: its alert may come after its report, and
 * an action takes a while.
 */
const PAUSES_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000];
/** No sooner where nothing is going on: what was done may be the first of several actions, or be followed by another try. */
const SETTLED_PAUSE_MS = 15_000;

const isSettled = (alerts) => alerts.length > 0 && alerts.every(({ state }) => state !== 'claimed');

/**
 * What the Function did about a call that alerted.
 * @param {object} props
 * @param {object} props.access
 * @param {string} [props.callSid]
 * @param {boolean} [props.isRecent] whether its report has just arrived, so that more may become known
 */
export function Outcome({ access, callSid, isRecent }) {
  const t = useText();
  const [known, setKnown] = useState(/** @type {{alerts?: object[], problem?: string}} */ ({}));
  useEffect(() => {
    let isOver = false;
    let waiting;
    if (!callSid) return undefined;
    /** @param {number[]} pauses */
    const look = async (pauses) => {
      const found = await ask(access, 'call-outcome', { callSid }).catch((error) => ({ problem: error.message }));
      if (isOver) return;
      setKnown(found);
      const left = isSettled(found.alerts ?? []) ? pauses.filter((pause) => pause >= SETTLED_PAUSE_MS) : pauses;
      if (left.length > 0) waiting = setTimeout(look, left[0], left.slice(1));
    };
    look(isRecent ? PAUSES_MS : []);
    return () => {
      isOver = true;
      clearTimeout(waiting);
    };
  }, [access, callSid, isRecent]);
  const { alerts, problem } = known;
  const sentences = alerts?.map(({ action, state, at }) =>
    t(ownProperty(STATES, state) ?? STATES.unknown, { action, at: moment(Date.parse(at)) }),
  );
  return (
    <Box role="status" marginTop="space30" data-testid="device-monitoring-admin-view-outcome">
      {problem && t('outcomeProblem', { reason: problem })}
      {sentences && (sentences.join(' ') || t('outcomeNone'))}
    </Box>
  );
}
