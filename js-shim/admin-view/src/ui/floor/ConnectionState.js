import { Callout, CalloutText } from '@twilio-paste/core/callout';
import { Box } from '@twilio-paste/core/box';
import React from 'react';

import { useText } from '../../text';
import { EmptyState } from '../elements';

/** What is said until the floor can be read. @param {{state: import('../../floor/store').FloorState}} props */
export function NotConnected({ state: { phase, problem, isNotSetUp } }) {
  const t = useText();
  if (phase === 'connecting')
    return (
      <Box role="status" marginY="space50">
        {t('floorConnecting')}
      </Box>
    );
  return (
    <EmptyState
      title={t(isNotSetUp ? 'floorNotSetUp' : 'floorFailed')}
      data-testid="device-monitoring-admin-view-floor-problem"
    >
      {isNotSetUp ? `${t('floorNotSetUpHelp')} ${problem}` : t('floorProblem', { reason: problem })}
    </EmptyState>
  );
}

/**
 * Says that what is shown is what was known before the connection was lost.
 * @param {{state: import('../../floor/store').FloorState}} props
 */
export function CutOff({ state: { isCutOff } }) {
  const t = useText();
  return (
    <div role="status">
      {isCutOff && (
        <Callout variant="warning" data-testid="device-monitoring-admin-view-cut-off">
          <CalloutText>{t('floorCutOff')}</CalloutText>
        </Callout>
      )}
    </div>
  );
}
