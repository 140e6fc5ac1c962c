import { Box } from '@twilio-paste/core/box';
import { Heading } from '@twilio-paste/core/heading';
import { HelpText } from '@twilio-paste/core/help-text';
import { Input } from '@twilio-paste/core/input';
import { Label } from '@twilio-paste/core/label';
import { Paragraph } from '@twilio-paste/core/paragraph';
import React from 'react';

import { conditionsOf, withEntry, withPart } from '../actionConditions';
import { findingsAboutAction } from '../actionReadiness';
import { objectOf } from '../draft';
import { WhatIf } from '../engine';
import { useText } from '../text';
import { SmallButton } from './elements';
import { Findings } from './ConfigurationFindings';
import { Names } from './NameListField';

/** What an entry can be for, and the text above each. */
const PARTS = { rules: 'actionRules', diagnoses: 'actionDiagnoses', causes: 'actionCauses', teams: 'actionTeams' };

/** One entry: the action, and the alerts that it is for. */
function Entry({ id, number, entry, words, deployed, onChange }) {
  const t = useText();
  const { run } = objectOf(entry);
  const conditions = conditionsOf(entry);
  const help = (part) =>
    part === 'teams'
      ? t('pilotTeamsHelp', { attribute: conditions.teamAttribute ?? words.teamAttribute })
      : t('actionWordsHelp', { words: words[part].join(', ') });
  return (
    <Box data-testid={`device-monitoring-admin-view-${id}`} marginBottom="space80">
      <Heading as="h4" variant="heading50">
        {t('actionEntry', { number })}
      </Heading>
      <Box marginBottom="space60">
        <Label htmlFor={`device-monitoring-${id}-run`}>{t('actionRun')}</Label>
        <Input
          id={`device-monitoring-${id}-run`}
          type="text"
          aria-describedby={`device-monitoring-${id}-run-help`}
          value={String(run ?? '')}
          onChange={({ target: { value } }) => onChange({ ...objectOf(entry), run: value })}
        />
        <HelpText id={`device-monitoring-${id}-run-help`}>{t('actionRunHelp')}</HelpText>
        <Findings findings={findingsAboutAction(run, deployed, t('actionEntry', { number }), t)} />
      </Box>
      {Object.entries(PARTS).map(([part, label]) => (
        <Names
          key={part}
          name={`${id}-${part}`}
          label={t(label)}
          help={help(part)}
          value={conditions[part]}
          onChange={(names) => onChange(withPart(entry, part, names))}
        />
      ))}
      <SmallButton onClick={() => onChange(null)}>{t('actionRemove', { number })}</SmallButton>
    </Box>
  );
}

/**
 * Which alerts other actions than `action` are for.
 * @param {object} props
 * @param {unknown} props.value what is written
 * @param {object[]} props.findings about it
 * @param {object[]} [props.deployed] the actions that are deployed, if that is known
 * @param {(value: unknown) => void} props.onChange null takes it away
 */
export function ActionsFields({ value, findings, deployed, onChange }) {
  const t = useText();
  const words = WhatIf.words();
  const entries = value === undefined ? [] : [value].flat();
  return (
    <Box data-testid="device-monitoring-admin-view-actions" marginBottom="space60">
      <Heading as="h3" variant="heading40">
        {t('actionsHeading')}
      </Heading>
      <Paragraph>{t('actionsHelp')}</Paragraph>
      {entries.map((entry, index) => (
        <Entry
          // eslint-disable-next-line react/no-array-index-key -- an entry is known by its place alone
          key={index}
          id={`actions-${index + 1}`}
          number={index + 1}
          entry={entry}
          words={words}
          deployed={deployed}
          onChange={(changed) => onChange(withEntry(entries, index, changed))}
        />
      ))}
      <SmallButton onClick={() => onChange([...entries, { run: '' }])}>{t('actionAdd')}</SmallButton>
      <Box marginTop="space30">
        <Findings findings={findings} />
      </Box>
    </Box>
  );
}
