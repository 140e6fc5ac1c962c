import * as Flex from '@twilio/flex-ui';
import { Box } from '@twilio-paste/core/box';
import { CustomizationProvider } from '@twilio-paste/core/customization';
import { Heading } from '@twilio-paste/core/heading';
import { Tab, TabList, TabPanel, TabPanels, Tabs } from '@twilio-paste/core/tabs';
import { useToaster } from '@twilio-paste/core/toast';
import React, { useCallback, useMemo } from 'react';

import { log } from '../../../src/log';
import { Boundary } from '../../../src/ui/Boundary';
import { WhatIf as Engine } from '../engine';
import { TextContext, translator, useText } from '../text';
import { Alerts } from './UndeliveredAlerts';
import { ConfigurationInForce } from './ConfigurationInForce';
import { Editor } from './Editor';
import { Calls } from './floor/Calls';
import { Floor } from './floor/Floor';
import { RecordedCalls } from './RecordedCalls';
import { Toasts } from './Toasts';
import { useRecordedCalls } from './useRecordedCalls';

const ID = 'device-monitoring-admin-view';
const TOAST_MS = 5000;
/** As wide as the place that Flex gives the view, however wide its content is. */
const PLACE = { display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', width: '100%', minWidth: 0 };

function configured(environment) {
  const engine = new Engine();
  const inForce = engine.configure(environment);
  engine.free();
  const rows = inForce.findings.map(({ suggestion, ...finding }) => ({
    ...finding,
    suggestion: JSON.stringify(suggestion),
  }));
  if (rows.length > 0) log.table(rows);
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

/** Shows toasts. */
function useToasts() {
  const toaster = useToaster();
  const { push } = toaster;
  const say = useCallback(
    (message, variant = 'success') => push({ message, variant, dismissAfter: TOAST_MS }),
    // `push` is another function after each toast, and does the same.
    // eslint-disable-next-line react-hooks/exhaustive-deps -- see above
    [],
  );
  return { toaster, say };
}

/** The pages, each behind its tab. One part that fails does not take the others with it. */
function Pages({ access }) {
  const t = useText();
  const inForce = useMemo(() => configuredOrNot(access.environment), [access]);
  const recordedCalls = useRecordedCalls(access);
  const { toaster, say } = useToasts();
  const isRecording = inForce?.config.recordCalls;
  const isReporting = inForce?.reportsCalls;
  const pages = {
    floor: <Boundary name="the floor" component={Floor} componentProps={{ access, isReporting, say }} />,
    calls: (
      <>
        <Boundary name="the calls" component={Calls} componentProps={{ access, isReporting, say }} />
        <Boundary
          name="the recorded calls"
          component={RecordedCalls}
          componentProps={{ recordedCalls, access, isRecording, say }}
        />
      </>
    ),
    configuration: (
      <>
        <Boundary name="the configuration" component={ConfigurationInForce} componentProps={{ inForce }} />
        <Boundary name="the editor" component={Editor} componentProps={{ recordedCalls, access, inForce, say }} />
      </>
    ),
    alerts: <Boundary name="the alerts" component={Alerts} componentProps={{ access }} />,
  };
  const names = Object.keys(pages);
  return (
    <>
      <Tabs baseId={ID} selectedId={`${ID}-tab-floor`}>
        <TabList aria-label={t('pages')}>
          {names.map((name) => (
            <Tab key={name} id={`${ID}-tab-${name}`}>
              {t(name)}
            </Tab>
          ))}
        </TabList>
        <TabPanels>
          {names.map((name) => (
            <TabPanel key={name} id={`${ID}-page-${name}`} tabId={`${ID}-tab-${name}`}>
              {pages[name]}
            </TabPanel>
          ))}
        </TabPanels>
      </Tabs>
      <Toasts toasts={toaster.toasts} pop={toaster.pop} />
    </>
  );
}

/** What admins and supervisors see. @param {{access: object, theme: object}} props access: see ../index.js */
function Themed({ access, theme }) {
  const { language, strings } = access;
  const t = useMemo(() => translator(language, strings), [language, strings]);
  return (
    <div style={PLACE}>
      <CustomizationProvider baseTheme={theme?.isLight === false ? 'dark' : 'default'} theme={theme?.tokens ?? {}}>
        <TextContext.Provider value={t}>
          <Box
            data-testid={ID}
            boxSizing="border-box"
            width="100%"
            height="100%"
            overflow="auto"
            padding="space70"
            backgroundColor="colorBackgroundBody"
            color="colorText"
          >
            <Heading as="h1" variant="heading20">
              {t('title')}
            </Heading>
            <Pages access={access} />
          </Box>
        </TextContext.Provider>
      </CustomizationProvider>
    </div>
  );
}

export const AdminView = Flex.withTheme(Themed);
