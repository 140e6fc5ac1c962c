import { Box } from '@twilio-paste/core/box';
import { Paragraph } from '@twilio-paste/core/paragraph';
import React from 'react';

import { useText } from '../text';
import { DataTable, Section } from './elements';
import { Findings } from './ConfigurationFindings';

const SOURCES = {
  appConfig: 'fromAppConfig',
  ui_attributes: 'fromUiAttributes',
  attributes: 'fromAttributes',
  defaults: 'fromDefaults',
};

const shown = (value) => (typeof value === 'object' ? JSON.stringify(value) : String(value));

/** @param {{inForce: {source: string, config: object, pilot?: object, inPilot: boolean, findings: object[]}}} props */
export function ConfigurationInForce({ inForce: { source, config, pilot, inPilot, findings } }) {
  const t = useText();
  const rows = Object.entries(config).map(([property, value]) => ({ key: property, cells: [property, shown(value)] }));
  return (
    <Section id="configuration" title={t('inForce')}>
      <Paragraph>
        {t(SOURCES[source])} {pilot && t(inPilot ? 'youInPilot' : 'youNotInPilot')}
      </Paragraph>
      {findings.length > 0 ? <Findings findings={findings} /> : <Paragraph>{t('noFindings')}</Paragraph>}
      <Box marginTop="space50">
        <DataTable label={t('inForce')} columns={[t('property'), t('value')]} rows={rows} />
      </Box>
    </Section>
  );
}
