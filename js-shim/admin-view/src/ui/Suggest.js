import { Box } from '@twilio-paste/core/box';
import { Heading } from '@twilio-paste/core/heading';
import { HelpText } from '@twilio-paste/core/help-text';
import { Input } from '@twilio-paste/core/input';
import { Label } from '@twilio-paste/core/label';
import { Paragraph } from '@twilio-paste/core/paragraph';
import React, { useEffect, useState } from 'react';

import { percent } from '../format';
import { suggest } from '../suggest';
import { useText } from '../text';
import { SmallButton } from './elements';
import { Suggested } from './Suggested';

const ID = 'device-monitoring-suggest-per-day';
const PER_DAY = /^\d{1,4}$/;

/** Why nothing is suggested, by what there is too little of. */
const TOO_FEW = {
  days: 'suggestTooFewDays',
  reported: 'suggestTooFewReported',
  others: 'suggestTooFewOthers',
  reportedInPart: 'suggestTooFewInPart',
};

/** Searches when it is asked to. @returns {{suggestion?: any, tooFew?: any, problem?: string}} */
function useSuggestion(recordedCalls, environment, inPilot, asked) {
  const [found, setFound] = useState(/** @type {any} */ (undefined));
  const { whatIf, calls } = recordedCalls;
  useEffect(() => {
    if (!asked || !whatIf || !calls) return undefined;
    let isOver = false;
    suggest({ whatIf, calls }, environment, inPilot, asked.perDay, () => isOver).then(
      (result) => result && setFound({ ...result, asked, calls, inPilot }),
      (error) => !isOver && setFound({ problem: String(error?.message ?? error), asked, calls, inPilot }),
    );
    return () => {
      isOver = true;
    };
  }, [whatIf, calls, environment, inPilot, asked]);
  // What was found before is about something else.
  const isAnswer = found?.asked === asked && found?.calls === calls && found?.inPilot === inPilot;
  return isAnswer ? found : {};
}

/** How much the suggested values catch, and what that is worth. */
function Worth({ suggestion: { searched, heldOut, caughtPct, isBetterThanChance, changes } }) {
  const t = useText();
  const [low, high] = caughtPct.map((share) => percent(Math.round(share) / 100));
  return (
    <>
      <Paragraph>
        {t('suggestSearched', {
          calls: searched.calls,
          days: searched.days,
          reported: searched.reported,
          others: heldOut.calls,
          otherDays: heldOut.days,
        })}
      </Paragraph>
      {changes.length === 0 && <Paragraph>{t('suggestNothing')}</Paragraph>}
      {changes.length > 0 && (
        <Paragraph>
          {t('suggestShare', { low, high })} {!isBetterThanChance && t('suggestChance')}
        </Paragraph>
      )}
    </>
  );
}

/**
 * Thresholds that alert on what agents reported, and on at most so many calls a day.
 * @param {object} props
 * @param {import('./useRecordedCalls').RecordedCalls} props.recordedCalls
 * @param {object} props.environment where the configuration in force is
 * @param {boolean} props.inPilot for whom: the pilot, or all others
 * @param {(settings: Record<string, unknown>) => void} props.onTry
 */
export function Suggest({ recordedCalls, environment, inPilot, onTry }) {
  const t = useText();
  const [typed, setTyped] = useState('5');
  const [asked, setAsked] = useState(/** @type {{perDay: number} | undefined} */ (undefined));
  const { suggestion, tooFew, problem } = useSuggestion(recordedCalls, environment, inPilot, asked);
  const isSearching = asked && recordedCalls.calls && !suggestion && !tooFew && !problem;
  const isAble = recordedCalls.calls && PER_DAY.test(typed.trim());
  return (
    <Box data-testid="device-monitoring-admin-view-suggest" marginBottom="space60">
      <Heading as="h3" variant="heading40">
        {t('suggestTitle')}
      </Heading>
      <Label htmlFor={ID}>{t('suggestPerDay')}</Label>
      <Box display="flex" alignItems="center" columnGap="space40">
        <Box width="size10" minWidth="size10">
          <Input
            id={ID}
            type="text"
            inputMode="numeric"
            aria-describedby={`${ID}-help`}
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
          />
        </Box>
        <SmallButton disabled={!isAble} onClick={() => setAsked({ perDay: Number(typed.trim()) })}>
          {t('suggestButton')}
        </SmallButton>
      </Box>
      <HelpText id={`${ID}-help`}>{t('suggestHelp')}</HelpText>
      <Box role="status" marginTop="space40">
        {isSearching && <Paragraph>{t('suggestSearching')}</Paragraph>}
        {problem && <Paragraph>{t('notJudged', { reason: problem })}</Paragraph>}
        {tooFew && (
          <Paragraph>{t(TOO_FEW[tooFew.of] ?? tooFew.of, { there: tooFew.there, needed: tooFew.needed })}</Paragraph>
        )}
        {suggestion && <Worth suggestion={suggestion} />}
      </Box>
      {suggestion && recordedCalls.calls && (
        <Suggested suggestion={suggestion} calls={recordedCalls.calls} onTry={onTry} />
      )}
    </Box>
  );
}
