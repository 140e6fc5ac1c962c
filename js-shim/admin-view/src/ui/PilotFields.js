import { Box } from '@twilio-paste/core/box';
import { Paragraph } from '@twilio-paste/core/paragraph';
import { Radio, RadioGroup } from '@twilio-paste/core/radio-group';
import React from 'react';

import { PART, PILOT, settingIn } from '../draft';
import { useText } from '../text';
import { SmallButton } from './elements';
import { Findings } from './ConfigurationFindings';
import { Names } from './NameListField';

/** What the radio buttons stand for. */
const ALL = 'all';
const TEAMS = `${PART}teams`;
const WORKERS = `${PART}workers`;
/** Where the engine does not say which attribute names the team, because there is no pilot yet. */
const TEAM_ATTRIBUTE = 'team_name';

/** Whose settings are edited. @param {{inPilot: boolean, onChange: (inPilot: boolean) => void}} props */
export function WhoseSettings({ inPilot, onChange }) {
  const t = useText();
  return (
    <Box data-testid="device-monitoring-admin-view-whose" marginBottom="space60">
      <RadioGroup
        name="device-monitoring-whose"
        legend={t('whoseSettings')}
        orientation="horizontal"
        value={inPilot ? PILOT : ALL}
        onChange={(value) => onChange(value === PILOT)}
      >
        <Radio id="device-monitoring-whose-all" value={ALL}>
          {t('allAgents')}
        </Radio>
        <Radio id="device-monitoring-whose-pilot" value={PILOT}>
          {t('aPilot')}
        </Radio>
      </RadioGroup>
    </Box>
  );
}

/**
 * Who is in the pilot.
 * @param {object} props
 * @param {object | null} props.block
 * @param {{teamAttribute?: string}} [props.pilot] as the engine reads it; undefined: there is none
 * @param {object[]} props.findings about the pilot itself
 * @param {{workerSid?: string, workerName?: string}} props.environment
 * @param {(name: string, value: unknown) => void} props.onChange
 */
export function PilotFields({ block, pilot, findings, environment: { workerSid, workerName }, onChange }) {
  const t = useText();
  const own = [workerSid, workerName].filter(Boolean).join(' · ');
  return (
    <>
      <Paragraph>{t('pilotHelp')}</Paragraph>
      <Names
        name="pilot-teams"
        label={t('pilotTeams')}
        help={t('pilotTeamsHelp', { attribute: pilot?.teamAttribute ?? TEAM_ATTRIBUTE })}
        value={settingIn(block, TEAMS)}
        onChange={(names) => onChange(TEAMS, names)}
      />
      <Names
        name="pilot-workers"
        label={t('pilotWorkers')}
        help={t('pilotWorkersHelp', { own })}
        value={settingIn(block, WORKERS)}
        onChange={(names) => onChange(WORKERS, names)}
      />
      <Box data-testid="device-monitoring-admin-view-pilot" marginBottom="space60">
        <Findings findings={findings} />
        {settingIn(block, PILOT) !== undefined && (
          <Box marginTop="space30">
            <SmallButton onClick={() => onChange(PILOT, null)}>{t('remove', { property: PILOT })}</SmallButton>
          </Box>
        )}
      </Box>
    </>
  );
}

/** For whom the what-if holds. @param {{inPilot: boolean, pilot?: {teams: string[], workers: string[]}}} props */
export function HoldsFor({ inPilot, pilot }) {
  const t = useText();
  const who = [...(pilot?.teams ?? []), ...(pilot?.workers ?? [])].join(', ');
  if (!who && !inPilot) return null;
  const sentence = who ? t(inPilot ? 'holdsForPilot' : 'holdsForOthers', { who }) : t('nobodyInPilot');
  return <Paragraph data-testid="device-monitoring-admin-view-holds-for">{sentence}</Paragraph>;
}
