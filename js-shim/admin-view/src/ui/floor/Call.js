import { Box } from '@twilio-paste/core/box';
import { Heading } from '@twilio-paste/core/heading';
import { Paragraph } from '@twilio-paste/core/paragraph';
import React, { useEffect, useRef } from 'react';

import { formatDuration } from '../../../../src/ui/formatDuration';
import { useFacts } from '../../floor/cardLabels';
import { useFloorEachSecond } from '../../floor/useFloor';
import { useWords } from '../../floor/diagnosisLabels';
import { moment, percent } from '../../format';
import { useText } from '../../text';
import { DataTable, SmallButton } from '../elements';
import { ForgetWorker } from './ForgetWorker';
import { Outcome } from './ActionOutcomes';
import { Timeline } from './Timeline';

/** Metrics in their order, with their units. */
const METRICS = {
  rtt: ['roundTrip', 'ms'],
  jitter: ['jitter', 'ms'],
  packetsLostFraction: ['packetLoss', '%'],
  mos: ['mos', ''],
};

/** What a card has that is shown above, or is no context. */
const KNOWN = new Set([
  'version',
  'worker',
  'startedAt',
  'durationMs',
  'warningMs',
  'receivedAt',
  'callSid',
  'direction',
  'reasons',
  'diagnosis',
  'cause',
  'evidence',
  'timeline',
  'omittedStretches',
  'conditions',
  'omittedConditions',
  'metrics',
  'severelyConcealed',
  'midway',
  'monitoring',
  'cutShort',
  'agentReport',
  'edge',
  'versions',
  'team',
  'site',
]);

/** How long after a call's report more may become known of what the Function did. */
const OUTCOME_FOLLOWED_MS = 5 * 60_000;

function Part({ title, children }) {
  return (
    <Box marginBottom="space60">
      <Heading as="h3" variant="heading40">
        {title}
      </Heading>
      {children}
    </Box>
  );
}

/** Not Paste's list: Flex's style sheet takes the marks from it. */
const MARKED = { listStyleType: 'disc' };

function List({ items }) {
  return (
    <Box as="ul" style={MARKED} margin="space0" paddingLeft="space60">
      {items.map((item) => (
        <Box as="li" key={item} style={MARKED} marginBottom="space20">
          {item}
        </Box>
      ))}
    </Box>
  );
}

/** Why it alerted, a sentence for each reason. */
function Reasons({ page: { card, warningPct } }) {
  const t = useText();
  const { rule } = useWords();
  const [bad, count] = card.severelyConcealed ?? [0, 0];
  const places = { share: percent(warningPct / 100), bad, count };
  if (card.reasons.length === 0) return <Paragraph marginBottom="space0">{t('noReasons')}</Paragraph>;
  return <List items={card.reasons.map((name) => rule(name, places))} />;
}

function specialCases(t, { midway, monitoring, cutShort, agentReport }) {
  return [
    midway && t('specialMidway'),
    monitoring && t('specialMonitoring'),
    cutShort && t('specialCutShort'),
    agentReport && t('ruleAgentReport'),
  ].filter(Boolean);
}

function Figures({ page: { card, longest } }) {
  const t = useText();
  const figures = Object.entries(METRICS)
    .filter(([name]) => card.metrics[name])
    .map(([name, [text, unit]]) => {
      const [mean, p95] = card.metrics[name].map((value) => (value === null ? '–' : String(value)));
      return { key: name, cells: [unit ? t('withUnit', { name: t(text), unit }) : t(text), mean, p95] };
    });
  const conditions = longest.map(([name, seconds]) => ({ key: name, cells: [name, String(seconds)] }));
  return (
    <>
      {figures.length > 0 && (
        <DataTable label={t('figures')} columns={[t('metric'), t('mean'), t('p95')]} rows={figures} />
      )}
      {conditions.length > 0 && (
        <DataTable label={t('conditions')} columns={[t('condition'), t('seconds')]} rows={conditions} />
      )}
      {card.omittedConditions > 0 && <Paragraph>{t('more', { count: card.omittedConditions })}</Paragraph>}
    </>
  );
}

/** Figures and evidence of a call that has ended. */
function Report({ access, page, now, say }) {
  const t = useText();
  const { what, why } = useWords();
  const rowsOf = useFacts();
  const { card, timeline } = page;
  const facts = [
    ...specialCases(t, card),
    ...(card.diagnosis ? [t('worst', { what: what(card.diagnosis) })] : [t('nothingWrong')]),
    ...(card.cause ? [t('because', { why: why(card.cause) })] : []),
  ];
  const { versions, edge, direction, team, site } = card;
  const more = Object.fromEntries(Object.entries(card).filter(([name]) => !KNOWN.has(name)));
  const evidence = rowsOf(card.evidence ?? {});
  return (
    <>
      <Part title={t('whatHappened')}>
        <List items={facts} />
        {evidence.length > 0 && (
          <DataTable label={t('evidence')} columns={[t('evidence'), t('value')]} rows={evidence} />
        )}
      </Part>
      {timeline.length > 0 && (
        <Part title={t('timeline')}>
          <Timeline page={page} />
        </Part>
      )}
      <Part title={t('whyItAlerted')}>
        <Reasons page={page} />
        {page.bad && (
          <Outcome access={access} callSid={card.callSid} isRecent={now - card.receivedAt < OUTCOME_FOLLOWED_MS} />
        )}
      </Part>
      <Part title={t('figures')}>
        <Figures page={page} />
      </Part>
      <Part title={t('context')}>
        <DataTable
          label={t('context')}
          columns={[t('property'), t('value')]}
          rows={rowsOf({ direction, team, site, edge, ...versions, ...more })}
        />
      </Part>
      <ForgetWorker access={access} worker={card.worker} agent={page.agent} say={say} />
    </>
  );
}

/** A call that goes on, as it is now; undefined: its trouble is over. */
function GoingOn({ now }) {
  const t = useText();
  const { what, why } = useWords();
  if (!now) return <Paragraph>{t('goneFromFloor')}</Paragraph>;
  const facts = [
    t('worst', { what: what(now.diagnosis) || now.conditions.join(', ') }),
    ...(now.cause ? [t('because', { why: why(now.cause) })] : []),
    t('troubleSince', { since: moment(now.since) }),
    ...(now.conditions.length > 0 ? [`${t('conditions')}: ${now.conditions.join(', ')}`] : []),
  ];
  return (
    <Part title={t('whatHappens')}>
      <List items={facts} />
      <Paragraph>{t('goingOn')}</Paragraph>
    </Part>
  );
}

/**
 * A call's page.
 * @param {object} props
 * @param {object} props.access
 * @param {{key?: string, troubled?: {key: string, worker: string, agent: string, callSid?: string}}} props.opened a card's key, or a call of
 *   the floor that may still go on
 * @param {(text: string, variant?: 'success' | 'error') => void} props.say shows a toast
 * @param {() => void} props.onBack
 */
export function Call({ access, opened: { key, troubled }, say, onBack }) {
  const t = useText();
  const { engine } = useFloorEachSecond(access);
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => heading.current?.focus(), []);
  const card = key ?? (troubled?.callSid && engine.cardOf(troubled.worker, troubled.callSid));
  const page = card ? engine.call(card) : null;
  const now = !page && troubled && engine.floor({}).troubled.find((call) => call.key === troubled.key);
  const agent = page?.agent ?? now?.agent ?? troubled?.agent ?? '';
  const callSid = page?.card.callSid ?? troubled?.callSid;
  return (
    <Box as="section" data-testid="device-monitoring-admin-view-call" width="100%" maxWidth="size80" marginY="space50">
      <SmallButton onClick={onBack}>{t('back')}</SmallButton>
      <Box ref={heading} tabIndex={-1} marginTop="space50">
        <Heading as="h2" variant="heading30">
          {t('callOf', { agent })}
        </Heading>
      </Box>
      <Paragraph>
        {[page && moment(page.card.startedAt), page && formatDuration(page.card.durationMs), callSid]
          .filter(Boolean)
          .join(' · ')}
      </Paragraph>
      {page && <Report access={access} page={page} now={engine.now()} say={say} />}
      {!page && troubled && <GoingOn now={now} />}
      {!page && !troubled && <Paragraph>{t('goneFromFloor')}</Paragraph>}
    </Box>
  );
}
