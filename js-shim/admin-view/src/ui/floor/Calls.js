import { Box } from '@twilio-paste/core/box';
import { Checkbox } from '@twilio-paste/core/checkbox';
import { Input } from '@twilio-paste/core/input';
import { Paragraph } from '@twilio-paste/core/paragraph';
import React, { useEffect, useState } from 'react';

import { formatDuration } from '../../../../src/ui/formatDuration';
import { useFloor } from '../../floor/useFloor';
import { useWords } from '../../floor/diagnosisLabels';
import { moment } from '../../format';
import { useText } from '../../text';
import { Section, SmallButton } from '../elements';
import { SortableTable } from '../SortableTable';
import { Call } from './Call';
import { Choice, Field } from './Filter';
import { ForgetByName } from './ForgetByName';
import { NotConnected } from './ConnectionState';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A table of more would take longer to draw than a frame has. */
const MAX_ROWS = 100;
/** By the keys of their texts. */
const PERIODS = { lastDay: DAY_MS, lastHour: HOUR_MS, lastWeek: 7 * DAY_MS, everything: Infinity };
const NO_SEARCH = { text: '', period: '', what: '', why: '', onlyBad: false };

function SearchForm({ engine, search, onChange }) {
  const t = useText();
  const { whatOrRule, why } = useWords();
  const { diagnoses, rules, causes } = engine.choices();
  const change = (key) => (value) => onChange({ ...search, [key]: value });
  const id = (name) => `device-monitoring-calls-${name}`;
  return (
    <Box display="flex" flexWrap="wrap" columnGap="space50" rowGap="space30" alignItems="flex-end" marginY="space50">
      <Field id={id('text')} label={t('searchCalls')}>
        <Input
          id={id('text')}
          type="text"
          value={search.text}
          onChange={({ target }) => change('text')(target.value)}
        />
      </Field>
      <Choice
        id={id('period')}
        label={t('period')}
        any={t('lastDay')}
        values={Object.keys(PERIODS).slice(1)}
        value={search.period}
        onChange={change('period')}
        nameOf={t}
      />
      <Choice
        id={id('what')}
        label={t('what')}
        any={t('anything')}
        values={[...diagnoses, ...rules]}
        value={search.what}
        onChange={change('what')}
        nameOf={whatOrRule}
      />
      <Choice
        id={id('why')}
        label={t('why')}
        any={t('anyCause')}
        values={causes}
        value={search.why}
        onChange={change('why')}
        nameOf={why}
      />
      <Checkbox id={id('bad')} checked={search.onlyBad} onChange={({ target }) => change('onlyBad')(target.checked)}>
        {t('onlyBad')}
      </Checkbox>
    </Box>
  );
}

function FoundCalls({ found: { total, calls }, onOpen }) {
  const t = useText();
  const { what, why } = useWords();
  const columns = ['started', 'agent', 'duration', 'what', 'why', 'team', 'site', 'call'].map((key) => ({
    key,
    title: t(key),
  }));
  const rows = calls.map(({ key, agent, bad, card }) => ({
    key,
    props: { 'data-reported': card.callSid ?? key, 'data-bad': bad },
    cells: {
      started: { text: moment(card.startedAt), value: card.startedAt },
      agent: { text: card.monitoring ? t('listensIn', { agent }) : agent },
      duration: { text: formatDuration(card.durationMs), value: card.durationMs },
      what: { text: what(card.diagnosis) || (bad ? t('alerted') : t('nothingWrong')) },
      why: { text: why(card.cause) },
      team: { text: card.team ?? '' },
      site: { text: card.site ?? '' },
      call: { text: card.callSid ?? '' },
    },
    action: (
      <SmallButton aria-label={t('openCallOf', { agent })} onClick={() => onOpen(key)}>
        {t('open')}
      </SmallButton>
    ),
  }));
  return (
    <>
      <Box role="status" data-testid="device-monitoring-admin-view-found">
        {t('found', { count: total })}
      </Box>
      {total > 0 && (
        <SortableTable name="calls" label={t('allCalls')} columns={columns} rows={rows} action={t('details')} />
      )}
      {total > calls.length && <Paragraph>{t('more', { count: total - calls.length })}</Paragraph>}
    </>
  );
}

function OpenCalls({ access, say }) {
  const t = useText();
  const { store, engine, state } = useFloor(access);
  const [search, setSearch] = useState(NO_SEARCH);
  const [opened, setOpened] = useState(/** @type {string | undefined} */ (undefined));
  const { phase, isReading, readingProblem } = state;
  const span = PERIODS[search.period || 'lastDay'];
  useEffect(() => {
    if (phase === 'open') store.readBack(Math.max(0, engine.now() - span));
  }, [phase, store, engine, span]);
  if (phase !== 'open') return <NotConnected state={state} />;
  if (opened) return <Call access={access} opened={{ key: opened }} say={say} onBack={() => setOpened(undefined)} />;
  const { text, what, why, onlyBad } = search;
  const from = Number.isFinite(span) ? Math.floor(engine.now() - span) : undefined;
  const found = engine.calls({ text, what, why, onlyBad, from, limit: MAX_ROWS });
  return (
    <>
      <Section id="reported" title={t('allCalls')} isWide>
        <SearchForm engine={engine} search={search} onChange={setSearch} />
        <div role="status">
          {isReading && t('readingCalls')}
          {readingProblem && t('floorProblem', { reason: readingProblem })}
        </div>
        <FoundCalls found={found} onOpen={setOpened} />
      </Section>
      <ForgetByName access={access} say={say} />
    </>
  );
}

/** Every call that was reported. @param {{access: object, isReporting?: boolean, say: Function}} props */
export function Calls({ access, isReporting, say }) {
  const t = useText();
  if (isReporting && access.environment.serverlessUri) return <OpenCalls access={access} say={say} />;
  return (
    <Section id="reported" title={t('allCalls')}>
      <Paragraph>{t('floorOffHelp')}</Paragraph>
    </Section>
  );
}
