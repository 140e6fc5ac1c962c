import * as Flex from '@twilio/flex-ui';
import React, { useMemo } from 'react';

import { WhatIf as Engine } from '../engine';
import { TEXTS } from '../texts';
import { log } from '../../../src/log';
import { Boundary } from '../../../src/ui/Boundary';
import { Alerts } from './Alerts';
import { Calls } from './Calls';
import { Configuration } from './Configuration';
import { pageStyle } from './elements';
import { useLibrary } from './useLibrary';
import { WhatIf } from './WhatIf';

function configured(environment) {
  const engine = new Engine();
  const inForce = engine.configure(environment);
  engine.free();
  const rows = inForce.findings.map(({ suggestion, ...finding }) => ({
    ...finding,
    suggestion: JSON.stringify(suggestion),
  }));
  // eslint-disable-next-line no-console -- browser consoles show a table best
  if (rows.length > 0) console.table(rows);
  return inForce;
}

/** @returns {object | undefined} undefined: the engine fails at it, and so will the parts that need it, each by itself */
function configuredOrNot(environment) {
  try {
    return configured(environment);
  } catch (error) {
    log.errorOnce('configuration', 'The configuration in force cannot be read.', error);
    return undefined;
  }
}

/** The admin view. @param {{access: object, theme: object}} props access: see ../index.js */
function Page({ access, theme }) {
  const inForce = useMemo(() => configuredOrNot(access.environment), [access]);
  const library = useLibrary(access);
  return (
    <div data-testid="device-monitoring-admin-view" style={pageStyle(theme)}>
      <h1 style={{ fontSize: '1.5rem', fontWeight: 600, margin: '0 0 24px' }}>{TEXTS.title}</h1>
      {/* One that fails does not take the others with it. */}
      <Boundary name="what if" component={WhatIf} componentProps={{ library, access, inForce, theme }} />
      <Boundary
        name="the recorded calls"
        component={Calls}
        componentProps={{ library, access, isRecording: inForce?.config.recordCalls }}
      />
      <Boundary name="the configuration" component={Configuration} componentProps={{ inForce, theme }} />
      <Boundary name="the alerts" component={Alerts} componentProps={{ access }} />
    </div>
  );
}

export const AdminView = Flex.withTheme(Page);
