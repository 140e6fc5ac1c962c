import { Paragraph } from '@twilio-paste/core/paragraph';
import React from 'react';

import { formatDuration } from '../../../../src/ui/formatDuration';
import { useWords } from '../../floor/diagnosisLabels';
import { timeOfDay } from '../../format';
import { useText } from '../../text';
import { SmallButton } from '../elements';
import { SortableTable } from '../SortableTable';

/** The calls that are in trouble now. */
export function Troubled({ calls, engine, onOpen }) {
  const t = useText();
  const { what, why } = useWords();
  if (calls.length === 0) return <Paragraph marginBottom="space0">{t('nobodyInTrouble')}</Paragraph>;
  const columns = ['agent', 'since', 'what', 'why', 'team', 'site'].map((key) => ({ key, title: t(key) }));
  const now = engine.now();
  const rows = calls.map((call) => ({
    key: call.key,
    props: { 'data-troubled': call.callSid ?? call.key },
    cells: {
      agent: { text: call.monitoring ? t('listensIn', { agent: call.agent }) : call.agent },
      since: {
        text: t('sinceFor', { at: timeOfDay(call.since), duration: formatDuration(Math.max(0, now - call.since)) }),
        value: call.since,
      },
      what: { text: what(call.diagnosis) || call.conditions.join(', ') },
      why: { text: why(call.cause) },
      team: { text: call.team ?? '' },
      site: { text: call.site ?? '' },
    },
    action: (
      <SmallButton aria-label={t('openCallOf', { agent: call.agent })} onClick={() => onOpen(call)}>
        {t('open')}
      </SmallButton>
    ),
  }));
  return <SortableTable name="in-trouble" label={t('inTroubleNow')} columns={columns} rows={rows} action={t('call')} />;
}
