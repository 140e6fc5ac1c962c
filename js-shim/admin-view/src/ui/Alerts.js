import React from 'react';

import { moment, TEXTS } from '../texts';
import { P, Section, Table } from './elements';

/** @param {{access: {alerts: () => import('../../../src/generated/monitor').KeptAlert[] | undefined}}} props */
export function Alerts({ access }) {
  const rows = (access.alerts() ?? []).map(({ id, created, attempts, refused, waiting }) => ({
    key: id,
    cells: [moment(created), id, attempts, refused ?? TEXTS.waiting(waiting)],
  }));
  return (
    <Section id="alerts" title={TEXTS.alerts}>
      {rows.length > 0 ? (
        <Table label={TEXTS.alerts} columns={[TEXTS.made, TEXTS.call, TEXTS.attempts, TEXTS.state]} rows={rows} />
      ) : (
        <P>{TEXTS.noAlerts}</P>
      )}
    </Section>
  );
}
