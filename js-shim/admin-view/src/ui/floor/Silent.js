import { Paragraph } from '@twilio-paste/core/paragraph';
import React from 'react';

import { timeOfDay } from '../../format';
import { useText } from '../../text';
import { SortableTable } from '../SortableTable';

/** Who takes calls of which too little is heard. */
export function Silent({ workers, hasPseudonyms }) {
  const t = useText();
  const missing = ({ kind, since, calls, version, newest }) => {
    if (kind === 'noBeat') return t('noBeat', { since: timeOfDay(since, 'short') });
    if (kind === 'noCard') return t('noCard', { count: calls });
    return t('oldVersion', { version, newest });
  };
  const help = hasPseudonyms && workers.length > 0 ? 'pseudonyms' : 'silentHelp';
  const columns = [
    { key: 'agent', title: t('agent') },
    { key: 'missing', title: t('missing') },
    { key: 'team', title: t('team') },
    { key: 'site', title: t('site') },
  ];
  const rows = workers.map((one) => ({
    key: `${one.worker} ${one.kind}`,
    props: { 'data-silent': one.worker },
    cells: {
      agent: { text: one.agent },
      missing: { text: missing(one) },
      team: { text: one.team ?? '' },
      site: { text: one.site ?? '' },
    },
  }));
  return (
    <>
      <Paragraph marginBottom="space0">{t(help)}</Paragraph>
      {workers.length > 0 ? (
        <SortableTable name="silent" label={t('silent')} columns={columns} rows={rows} />
      ) : (
        <Paragraph>{t(hasPseudonyms ? 'nobodyKnownSilent' : 'nobodySilent')}</Paragraph>
      )}
    </>
  );
}
