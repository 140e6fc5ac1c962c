import { Paragraph } from '@twilio-paste/core/paragraph';
import React from 'react';

import { moment } from '../format';
import { useText } from '../text';
import { DataTable, Section } from './elements';

/** @param {{access: {alerts: () => import('../../../src/generated/monitor').UndeliveredAlert[] | undefined}}} props */
export function Alerts({ access }) {
  const t = useText();
  const waits = (reason) => (reason ? t('waitingBecause', { reason }) : t('waiting'));
  const rows = (access.alerts() ?? []).map(({ id, created, attempts, refused, waiting }) => ({
    key: id,
    cells: [moment(created), id, attempts, refused ?? waits(waiting)],
  }));
  const columns = ['made', 'call', 'attempts', 'state'].map((key) => t(key));
  return (
    <Section id="alerts" title={t('waitingAlerts')}>
      {rows.length > 0 ? (
        <DataTable label={t('waitingAlerts')} columns={columns} rows={rows} />
      ) : (
        <Paragraph>{t('noAlerts')}</Paragraph>
      )}
    </Section>
  );
}
