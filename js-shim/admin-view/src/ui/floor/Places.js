import { Paragraph } from '@twilio-paste/core/paragraph';
import React from 'react';

import { useText } from '../../text';
import { SortableTable } from '../SortableTable';

/** The calls that go on, by team and site. */
export function Places({ places }) {
  const t = useText();
  if (places.length === 0) return <Paragraph>{t('noCallsNow')}</Paragraph>;
  const columns = [
    { key: 'team', title: t('team') },
    { key: 'site', title: t('site') },
    { key: 'calls', title: t('calls') },
    { key: 'troubled', title: t('inTrouble') },
  ];
  const rows = places.map(({ team, site, calls, troubled }) => ({
    key: JSON.stringify([team, site]),
    cells: {
      team: { text: team ?? t('noTeam') },
      site: { text: site ?? t('noSite') },
      calls: { text: String(calls), value: calls },
      troubled: { text: String(troubled), value: troubled },
    },
  }));
  return <SortableTable name="teams" label={t('teamsAndSites')} columns={columns} rows={rows} />;
}
