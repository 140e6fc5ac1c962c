import { Box } from '@twilio-paste/core/box';
import { Paragraph } from '@twilio-paste/core/paragraph';
import React, { useState } from 'react';

import { useFloorEachSecond } from '../../floor/useFloor';
import { useText } from '../../text';
import { EmptyState, Section } from '../elements';
import { Call } from './Call';
import { Conspicuous } from './Conspicuous';
import { Filter, NO_FILTER } from './Filter';
import { Hours } from './Hours';
import { Incidents } from './Incidents';
import { Places } from './Places';
import { Silent } from './Silent';
import { Troubled } from './Troubled';
import { CutOff, NotConnected } from './ConnectionState';

function OpenFloor({ access, say }) {
  const t = useText();
  const { engine, state } = useFloorEachSecond(access);
  const [filter, setFilter] = useState(NO_FILTER);
  const [opened, setOpened] = useState(/** @type {{troubled: object} | undefined} */ (undefined));
  if (state.phase !== 'open') return <NotConnected state={state} />;
  if (opened) return <Call access={access} opened={opened} say={say} onBack={() => setOpened(undefined)} />;
  const floor = engine.floor(filter);
  return (
    <div data-testid="device-monitoring-admin-view-floor">
      <CutOff state={state} />
      <Filter teams={floor.teams} sites={floor.sites} filter={filter} onChange={setFilter} />
      <Section id="incidents" title={t('incidents')} isWide>
        <Incidents incidents={engine.incidents()} now={engine.now()} />
      </Section>
      <Section id="troubled" title={t('inTroubleNow')} isWide>
        <Box role="status" data-testid="device-monitoring-admin-view-now">
          {t('callsNow', { calls: floor.calls, troubled: floor.troubled.filter((call) => !call.monitoring).length })}
        </Box>
        <Troubled calls={floor.troubled} engine={engine} onOpen={(troubled) => setOpened({ troubled })} />
      </Section>
      <Section id="places" title={t('teamsAndSites')} isWide>
        <Places places={floor.places} />
      </Section>
      <Section id="conspicuous" title={t('conspicuous')} isWide>
        <Conspicuous agents={floor.agents} centre={floor.centre} />
      </Section>
      <Section id="silent" title={t('silent')} isWide>
        <Silent workers={floor.silent} hasPseudonyms={floor.hasPseudonyms} />
      </Section>
      <Section id="hours" title={t('lastDay')} isWide>
        <Paragraph marginBottom="space0">{t('badHelp')}</Paragraph>
        <Hours hours={floor.hours} />
      </Section>
    </div>
  );
}

/**
 * Who is in trouble now, and what was over the last hours.
 * @param {{access: object, isReporting?: boolean, say: (text: string, variant?: 'success' | 'error') => void}} props
 *   isReporting: whether calls are reported
 */
export function Floor({ access, isReporting, say }) {
  const t = useText();
  if (isReporting && access.environment.serverlessUri) return <OpenFloor access={access} say={say} />;
  return (
    <EmptyState title={t('floorOff')} data-testid="device-monitoring-admin-view-floor">
      {t('floorOffHelp')}
    </EmptyState>
  );
}
