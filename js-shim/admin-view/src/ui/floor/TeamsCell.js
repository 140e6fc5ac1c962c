import React from 'react';

import { formatDuration } from '../../../../src/ui/formatDuration';
import { useFloorEachSecond } from '../../floor/useFloor';
import { useWords } from '../../floor/diagnosisLabels';
import { TextContext, translator, useText } from '../../text';

function Trouble({ access, workerSid }) {
  const t = useText();
  const { what } = useWords();
  const { engine, state } = useFloorEachSecond(access);
  const call = state.phase === 'open' ? engine.troubleOf(workerSid) : undefined;
  if (!call) return null;
  const duration = formatDuration(Math.max(0, engine.now() - call.since));
  return (
    <span data-testid="device-monitoring-teams-cell" data-worker={workerSid}>
      {t('troubleFor', { duration, what: what(call.diagnosis) || call.conditions.join(', ') })}
    </span>
  );
}

/** In Flex's Teams View: whether an agent's call is in trouble now, and since when. */
export function TeamsCell({ access, workerSid }) {
  return (
    <TextContext.Provider value={translator(access.language, access.strings)}>
      <Trouble access={access} workerSid={workerSid} />
    </TextContext.Provider>
  );
}
