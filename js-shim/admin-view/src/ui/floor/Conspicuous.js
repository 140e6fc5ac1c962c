import { Paragraph } from '@twilio-paste/core/paragraph';
import React from 'react';

import { percent } from '../../format';
import { useText } from '../../text';
import { SortableTable } from '../SortableTable';

/** Agents with more bad calls than chance explains. */
export function Conspicuous({ agents, centre }) {
  const t = useText();
  if (centre.calls === 0) return <Paragraph>{t('noCallsReported')}</Paragraph>;
  const columns = [
    { key: 'agent', title: t('agent') },
    { key: 'share', title: t('share') },
    { key: 'others', title: t('others') },
    { key: 'bad', title: t('badCalls') },
    { key: 'calls', title: t('calls') },
    { key: 'team', title: t('team') },
    { key: 'site', title: t('site') },
  ];
  const rows = agents.map(({ worker, agent, sharePct, othersPct, bad, calls, team, site }) => ({
    key: worker,
    cells: {
      agent: { text: agent },
      share: { text: percent(sharePct / 100), value: sharePct },
      others: { text: percent(othersPct / 100), value: othersPct },
      bad: { text: String(bad), value: bad },
      calls: { text: String(calls), value: calls },
      team: { text: team ?? '' },
      site: { text: site ?? '' },
    },
  }));
  return (
    <>
      <Paragraph marginBottom="space0">
        {t('conspicuousHelp', { bad: centre.bad, calls: centre.calls, share: percent(centre.sharePct / 100) })}
      </Paragraph>
      {agents.length > 0 ? (
        <SortableTable name="agents" label={t('conspicuous')} columns={columns} rows={rows} />
      ) : (
        <Paragraph>{t('noConspicuous')}</Paragraph>
      )}
    </>
  );
}
