import { Box } from '@twilio-paste/core/box';
import React, { useEffect, useState } from 'react';

import { ask } from '../../floor/functions';
import { moment } from '../../format';
import { ownProperty } from '../../ownProperty';
import { useText } from '../../text';

const STATES = { done: 'outcomeDone', failed: 'outcomeFailed', unknown: 'outcomeUnknown', claimed: 'outcomeClaimed' };

/** What the Function did about a call that alerted. */
export function Outcome({ access, callSid }) {
  const t = useText();
  const [known, setKnown] = useState(/** @type {{alerts?: object[], problem?: string}} */ ({}));
  useEffect(() => {
    let isOver = false;
    if (!callSid) return undefined;
    ask(access, 'call-outcome', { callSid }).then(
      ({ alerts }) => !isOver && setKnown({ alerts }),
      (error) => !isOver && setKnown({ problem: error.message }),
    );
    return () => {
      isOver = true;
    };
  }, [access, callSid]);
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
