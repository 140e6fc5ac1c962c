import { Paragraph } from '@twilio-paste/core/paragraph';
import React from 'react';

import { useWords } from '../floor/diagnosisLabels';
import { moment, percent } from '../format';
import { useText } from '../text';
import { DataTable, SmallButton } from './elements';

/** A list of more would take longer to draw than a frame has. */
const MAX_SHOWN = 20;

/** What two sets of thresholds do with the calls that were held out. */
function Outcomes({ heldOut: { calls, reported, now, suggested } }) {
  const t = useText();
  const row = (key, { caught, others, mostPerDay }) => ({
    key,
    cells: [
      t(key),
      t('suggestOf', { part: caught, all: reported }),
      t('suggestOf', { part: others, all: calls - reported }),
      mostPerDay,
    ],
  });
  return (
    <DataTable
      label={t('suggestOutcomes')}
      columns={[t('suggestOutcomes'), t('suggestCaught'), t('suggestOthers'), t('suggestMost')]}
      rows={[row('suggestNow', now), row('suggestSuggested', suggested)]}
    />
  );
}

/** What is to be changed, and what each change is for. */
function Changes({ changes }) {
  const t = useText();
  return (
    <DataTable
      label={t('suggestChanges')}
      columns={[t('property'), t('suggestNow'), t('suggestSuggested'), t('suggestWithout')]}
      rows={changes.map(({ property, now, suggested, without: { caught, others } }) => ({
        key: property,
        cells: [property, String(now), String(suggested), t('suggestCounts', { caught, others })],
      }))}
    />
  );
}

/** Which calls that were held out are caught, missed, or alert although nobody reported them, and why. */
function Calls({ held, calls }) {
  const t = useText();
  const { rule } = useWords();
  const byPlace = new Map(calls.map((call) => [call.place, call]));
  const why = ({ rules, warningPct, isWithinReach }) => {
    const share = percent(warningPct / 100);
    if (rules.length === 0) return t(isWithinReach ? 'suggestOverLimit' : 'suggestUnseen', { share });
    // Of sound that was made up, the count is not at hand here.
    const of = (name) => (name === 'severelyConcealedPct' ? t('madeUpSound') : rule(name, { share }));
    return rules.map(of).join(' ');
  };
  const kind = ({ isReported, rules }) => {
    if (!isReported) return t('suggestNotReported');
    return t(rules.length > 0 ? 'suggestIsCaught' : 'suggestIsMissed');
  };
  return (
    <>
      <DataTable
        label={t('suggestCalls')}
        columns={[t('suggestCalls'), t('state'), t('suggestWhy')]}
        rows={held.slice(0, MAX_SHOWN).map((one) => {
          const { startedAt, callSid } = byPlace.get(one.id) ?? {};
          return { key: one.id, cells: [`${moment(startedAt)}, ${callSid}`, kind(one), why(one)] };
        })}
      />
      {held.length > MAX_SHOWN && <Paragraph>{t('more', { count: held.length - MAX_SHOWN })}</Paragraph>}
    </>
  );
}

/**
 * What was found, on the calls that the search has not seen.
 * @param {object} props
 * @param {any} props.suggestion
 * @param {any[]} props.calls
 * @param {(settings: Record<string, unknown>) => void} props.onTry
 */
export function Suggested({ suggestion: { heldOut, changes, settings, calls: held }, calls, onTry }) {
  const t = useText();
  return (
    <>
      <Outcomes heldOut={heldOut} />
      {changes.length > 0 && (
        <>
          <Changes changes={changes} />
          <SmallButton data-testid="device-monitoring-admin-view-suggest-try" onClick={() => onTry(settings)}>
            {t('suggestTry')}
          </SmallButton>
        </>
      )}
      {held.length > 0 && <Calls held={held} calls={calls} />}
    </>
  );
}
