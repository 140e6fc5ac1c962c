import React from 'react';

import { TEXTS } from '../texts';
import { Findings } from './Findings';
import { P, Section, Table } from './elements';

/** @param {{inForce: {source: string, config: object, findings: object[]}, theme: object}} props */
export function Configuration({ inForce: { source, config, findings }, theme }) {
  const rows = Object.entries(config).map(([property, value]) => ({ key: property, cells: [property, String(value)] }));
  return (
    <Section id="configuration" title={TEXTS.configuration}>
      <P>{TEXTS.sources[source]}</P>
      {findings.length > 0 ? <Findings findings={findings} theme={theme} /> : <P>{TEXTS.noFindings}</P>}
      <Table label={TEXTS.configuration} columns={[TEXTS.property, TEXTS.value]} rows={rows} />
    </Section>
  );
}
