import { Box } from '@twilio-paste/core/box';
import { HelpText } from '@twilio-paste/core/help-text';
import { Input } from '@twilio-paste/core/input';
import { Label } from '@twilio-paste/core/label';
import { Paragraph } from '@twilio-paste/core/paragraph';
import { Radio, RadioGroup } from '@twilio-paste/core/radio-group';
import React, { useState } from 'react';

import { settingIn } from '../draft';
import { useText } from '../text';
import { SmallButton } from './elements';
import { Findings } from './Findings';

/** Whose settings are edited. @param {{inPilot: boolean, onChange: (inPilot: boolean) => void}} props */
export function WhoseSettings({ inPilot, onChange }) {
  const t = useText();
  return (
    <Box data-testid="device-monitoring-admin-view-whose" marginBottom="space60">
      <RadioGroup
        name="device-monitoring-whose"
        legend={t('whoseSettings')}
        orientation="horizontal"
        value={inPilot ? 'pilot' : 'all'}
        onChange={(value) => onChange(value === 'pilot')}
      >
        <Radio id="device-monitoring-whose-all" value="all">
          {t('allAgents')}
        </Radio>
        <Radio id="device-monitoring-whose-pilot" value="pilot">
          {t('aPilot')}
        </Radio>
      </RadioGroup>
    </Box>
  );
}

/** Names that are typed with commas between them. */
const namesIn = (typed) =>
  typed
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);

/** What was written, even where it is no list. */
const shown = (value) => [value ?? []].flat().map(String).join(', ');

function Names({ name, label, help, value, onChange }) {
  const [draft, setDraft] = useState(/** @type {string | undefined} */ (undefined));
  const id = `device-monitoring-${name}`;
  const type = ({ target: { value: typed } }) => {
    const names = namesIn(typed);
    setDraft(typed);
    onChange(names.length > 0 ? names : null);
  };
  return (
    <Box data-testid={`device-monitoring-admin-view-${name}`} marginBottom="space60">
      <Label htmlFor={id}>{label}</Label>
      <Input
        id={id}
        type="text"
        aria-describedby={`${id}-help`}
        value={draft ?? shown(value)}
        onChange={type}
        onBlur={() => setDraft(undefined)}
      />
      <HelpText id={`${id}-help`}>{help}</HelpText>
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
  const own = [workerSid, workerName].filter(Boolean).join(', ');
  return (
    <>
      <Paragraph>{t('pilotHelp')}</Paragraph>
      <Names
        name="pilot-teams"
        label={t('pilotTeams')}
        help={t('pilotTeamsHelp', { attribute: pilot?.teamAttribute ?? 'team_name' })}
        value={settingIn(block, 'pilot.teams')}
        onChange={(names) => onChange('pilot.teams', names)}
      />
      <Names
        name="pilot-workers"
        label={t('pilotWorkers')}
        help={t('pilotWorkersHelp', { own })}
        value={settingIn(block, 'pilot.workers')}
        onChange={(names) => onChange('pilot.workers', names)}
      />
      <Box data-testid="device-monitoring-admin-view-pilot" marginBottom="space60">
        <Findings findings={findings} />
        {settingIn(block, 'pilot') !== undefined && (
          <Box marginTop="space30">
            <SmallButton onClick={() => onChange('pilot', null)}>{t('remove', { property: 'pilot' })}</SmallButton>
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
