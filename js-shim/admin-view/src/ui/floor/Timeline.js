import { Box } from '@twilio-paste/core/box';
import { Paragraph } from '@twilio-paste/core/paragraph';
import React from 'react';

import { formatDuration } from '../../../../src/ui/formatDuration';
import { useWords } from '../../floor/diagnosisLabels';
import { useText } from '../../text';
import { SortableTable } from '../SortableTable';

/** As few seconds of hours would be too narrow to be seen. */
const NARROWEST = '3px';

/** A bar of the whole call for each kind of trouble. What it shows is in the table below it. */
function Lanes({ stretches }) {
  const { what } = useWords();
  const diagnoses = [...new Set(stretches.map(({ diagnosis }) => diagnosis))];
  return (
    <Box aria-hidden="true" marginTop="space40">
      {diagnoses.map((diagnosis) => (
        <Box key={diagnosis} marginBottom="space30" data-testid="device-monitoring-admin-view-lane">
          {what(diagnosis)}
          <Box position="relative" height="sizeIcon20" backgroundColor="colorBackgroundStrong">
            {stretches
              .filter((stretch) => stretch.diagnosis === diagnosis)
              .map(({ key, fromPct, lengthPct }) => (
                <Box
                  key={key}
                  position="absolute"
                  top="space0"
                  bottom="space0"
                  backgroundColor="colorBackgroundError"
                  style={{ left: `min(${fromPct}%, 100% - ${NARROWEST})`, width: `max(${lengthPct}%, ${NARROWEST})` }}
                />
              ))}
          </Box>
        </Box>
      ))}
    </Box>
  );
}

/** When something was wrong with a call. */
export function Timeline({ page: { card, timeline } }) {
  const t = useText();
  const { what, why } = useWords();
  const columns = [
    { key: 'from', title: t('timelineFrom') },
    { key: 'seconds', title: t('seconds') },
    { key: 'what', title: t('what') },
    { key: 'why', title: t('why') },
  ];
  // Several may begin at the same moment.
  const stretches = timeline.map((stretch, index) => ({ ...stretch, key: String(index) }));
  const rows = stretches.map(({ key, fromMs, lengthMs, diagnosis, cause }) => ({
    key,
    cells: {
      from: { text: formatDuration(fromMs), value: fromMs },
      seconds: { text: String(lengthMs / 1000), value: lengthMs },
      what: { text: what(diagnosis) },
      why: { text: why(cause) },
    },
  }));
  return (
    <Box data-testid="device-monitoring-admin-view-timeline">
      <Paragraph marginBottom="space0">{t('timelineHelp', { end: formatDuration(card.durationMs) })}</Paragraph>
      <Lanes stretches={stretches} />
      <SortableTable name="timeline" label={t('timeline')} columns={columns} rows={rows} />
      {card.omittedStretches > 0 && <Paragraph>{t('more', { count: card.omittedStretches })}</Paragraph>}
    </Box>
  );
}
