import * as Flex from '@twilio/flex-ui';
import React, { useMemo } from 'react';

import { WhatIf as Engine } from '../engine';
import { TEXTS } from '../texts';
import { Alerts } from './Alerts';
import { Calls } from './Calls';
import { Configuration } from './Configuration';
import { pageStyle } from './look';
import { useLibrary } from './useLibrary';
import { WhatIf } from './WhatIf';

function configured(environment) {
  const engine = new Engine();
  const inForce = engine.configure(environment);
  engine.free();
  // For who looks there, as a table.
  const rows = inForce.findings.map(({ suggestion, ...finding }) => ({ ...finding, suggestion: JSON.stringify(suggestion) }));
  if (rows.length > 0) console.table(rows);
  return inForce;
}

/** The admin's view. @param {{access: object, theme: object}} props access: see ../index.js */
function Page({ access, theme }) {
  const inForce = useMemo(() => configured(access.environment), [access]);
  const library = useLibrary(access);
  return (
    <div data-testid="device-monitoring-desk" style={pageStyle(theme)}>
      <h1 style={{ fontSize: '1.5rem', fontWeight: 600, margin: '0 0 24px' }}>{TEXTS.title}</h1>
      <WhatIf library={library} access={access} inForce={inForce} theme={theme} />
      <Calls library={library} access={access} isRecording={inForce.config.recordCalls} />
      <Configuration inForce={inForce} theme={theme} />
      <Alerts alerts={access.alerts() ?? []} />
    </div>
  );
}

export const Desk = Flex.withTheme(Page);
