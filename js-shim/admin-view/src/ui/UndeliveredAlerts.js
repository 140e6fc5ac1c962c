import { Paragraph } from '@twilio-paste/core/paragraph';
import React, { useEffect, useState } from 'react';

import { moment } from '../format';
import { useText } from '../text';
import { DataTable, Section } from './elements';

/** Alerts come and go while somebody looks at them. */
const LOOK_EVERY_MS = 2_000;

/** The alerts at this moment, and what becomes of them. */
function useAlerts(access) {
  const read = () => access.alerts() ?? [];
  const [alerts, setAlerts] = useState(read);
  useEffect(() => {
    const look = (before) => {
      const now = read();
      return JSON.stringify(now) === JSON.stringify(before) ? before : now;
    };
    const looking = setInterval(() => document.hidden || setAlerts(look), LOOK_EVERY_MS);
    return () => clearInterval(looking);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `read` is of this `access`
  }, [access]);
  return alerts;
}

/** @param {{access: {alerts: () => import('../../../src/generated/monitor').UndeliveredAlert[] | undefined}}} props */
export function Alerts({ access }) {
  const t = useText();
  const waits = (reason) => (reason ? t('waitingBecause', { reason }) : t('waiting'));
  const rows = useAlerts(access).map(({ id, created, attempts, refused, waiting }) => ({
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
