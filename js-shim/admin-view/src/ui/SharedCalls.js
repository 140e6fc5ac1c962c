import { Box } from '@twilio-paste/core/box';
import { HelpText } from '@twilio-paste/core/help-text';
import { Input } from '@twilio-paste/core/input';
import { Paragraph } from '@twilio-paste/core/paragraph';
import { Radio, RadioGroup } from '@twilio-paste/core/radio-group';
import React, { useState } from 'react';

import { moment, size } from '../format';
import { MOST } from '../shared/useSharedCalls';
import { useText } from '../text';
import { SmallButton } from './elements';
import { Choice, Field } from './floor/Filter';

const ID = 'device-monitoring-shared';
const DAY_MS = 86_400_000;
/** By the keys of their texts. */
const PERIODS = { lastWeek: 7 * DAY_MS, lastDay: DAY_MS, everything: Infinity };
/** A longer list nobody reads. */
const MAX_NAMES = 20;

/** The names in a list of calls, each with how many calls it has, most first. */
function counted(t, names) {
  const counts = new Map();
  names.forEach((name) => counts.set(name, (counts.get(name) ?? 0) + 1));
  const sorted = [...counts].sort(([, one], [, other]) => other - one);
  const list = sorted
    .slice(0, MAX_NAMES)
    .map(([name, count]) => t('withCount', { name, count: String(count) }))
    .join(', ');
  const more = sorted.length - MAX_NAMES;
  return { many: sorted.length, list: more > 0 ? t('andMore', { names: list, count: more }) : list };
}

/** Which calls were found: of whom, from when, and how much memory they take. */
function Found({ calls, unreadable, withoutRoom, bytes }) {
  const t = useText();
  const leftOut = unreadable > 0 && <Paragraph>{t('sharedLeftOut', { count: unreadable })}</Paragraph>;
  if (calls.length === 0)
    return (
      <>
        <Paragraph>{t('sharedNone')}</Paragraph>
        {leftOut}
      </>
    );
  const agents = counted(
    t,
    calls.map(({ agent }) => agent),
  );
  const teams = counted(
    t,
    calls.map(({ team }) => team ?? t('noTeam')),
  );
  return (
    <>
      <Paragraph>
        {t('sharedKept', {
          count: calls.length,
          agents: agents.many,
          from: moment(calls[calls.length - 1].startedAt),
          to: moment(calls[0].startedAt),
          size: size(bytes),
        })}
        {calls.length >= MOST && ` ${t('sharedMost')}`}
      </Paragraph>
      <Paragraph>{t('keyAndValue', { key: t('team'), value: teams.list })}</Paragraph>
      <Paragraph>{t('keyAndValue', { key: t('agents'), value: agents.list })}</Paragraph>
      {withoutRoom > 0 && <Paragraph>{t('sharedWithoutRoom', { count: withoutRoom })}</Paragraph>}
      {leftOut}
    </>
  );
}

function SharedForm({ shared, isSharing }) {
  const t = useText();
  const [team, setTeam] = useState('');
  const [period, setPeriod] = useState('');
  const { isReading, count, problem, calls, unreadable, withoutRoom, bytes, read } = shared;
  return (
    <>
      {!isSharing && <Paragraph>{t('sharedOff')}</Paragraph>}
      <Box display="flex" flexWrap="wrap" columnGap="space50" rowGap="space30" alignItems="flex-end">
        <Field id={`${ID}-team`} label={t('team')}>
          <Input
            id={`${ID}-team`}
            type="text"
            aria-describedby={`${ID}-team-help`}
            value={team}
            onChange={({ target }) => setTeam(target.value)}
          />
        </Field>
        <Choice
          id={`${ID}-period`}
          label={t('period')}
          any={t('lastWeek')}
          values={Object.keys(PERIODS).slice(1)}
          value={period}
          onChange={setPeriod}
          nameOf={t}
        />
        <SmallButton disabled={isReading} onClick={() => read({ team, span: PERIODS[period || 'lastWeek'] })}>
          {t('sharedRead')}
        </SmallButton>
      </Box>
      <HelpText id={`${ID}-team-help`}>{t('sharedTeamHelp')}</HelpText>
      <Box role="status" data-testid="device-monitoring-admin-view-shared" marginTop="space40">
        {isReading && <Paragraph>{t('sharedReading', { count })}</Paragraph>}
        {problem && <Paragraph>{t('sharedProblem', { reason: problem })}</Paragraph>}
        {calls && <Found calls={calls} unreadable={unreadable} withoutRoom={withoutRoom} bytes={bytes} />}
      </Box>
    </>
  );
}

/**
 * Which calls settings are tried on: those of this browser, or those that all agents share.
 * @param {object} props
 * @param {boolean} props.isShared
 * @param {(isShared: boolean) => void} props.onChange
 * @param {ReturnType<import('../shared/useSharedCalls').useSharedCalls>} props.shared
 * @param {boolean} props.isSharing whether anybody's calls are shared at present
 */
export function CallsTried({ isShared, onChange, shared, isSharing }) {
  const t = useText();
  return (
    <Box data-testid="device-monitoring-admin-view-tried" marginBottom="space60">
      <RadioGroup
        name="device-monitoring-tried"
        legend={t('triedOn')}
        orientation="horizontal"
        value={isShared ? 'shared' : 'own'}
        onChange={(value) => onChange(value === 'shared')}
      >
        <Radio id="device-monitoring-tried-own" value="own">
          {t('triedOwn')}
        </Radio>
        <Radio id="device-monitoring-tried-shared" value="shared">
          {t('triedShared')}
        </Radio>
      </RadioGroup>
      {isShared && (
        <Box marginTop="space40">
          <SharedForm shared={shared} isSharing={isSharing} />
        </Box>
      )}
    </Box>
  );
}
