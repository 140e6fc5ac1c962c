import { Box } from '@twilio-paste/core/box';
import React, { useEffect, useRef, useState } from 'react';

import { compare } from '../verdictChanges';
import { useText } from '../text';
import { VerdictChanges } from './VerdictChanges';
import { Strong } from './elements';
import { judgeAll } from './useRecordedCalls';

/** Where else a block could be. */
const NOWHERE = { appConfig: undefined, uiAttributes: undefined };

/**
 * @typedef {object} Trial what a block would do; of a trial that failed, the `problem` alone
 * @property {object[]} calls
 * @property {object | null} [block] that was tried
 * @property {object} [config]
 * @property {object[]} [before] verdicts under the configuration in force
 * @property {object[]} [verdicts] under the block
 * @property {string} [problem]
 */

/**
 * Judges every call as configured and as if a block were in force, and again whenever it changes.
 * @param {import('./useRecordedCalls').RecordedCalls} recordedCalls
 * @param {object} environment where the configuration in force is
 * @param {object | null} block
 * @param {boolean} inPilot for whom: the pilot, or all others
 * @returns {Trial | undefined} undefined as long as there is no result yet
 */
export function useTrial({ whatIf, calls }, environment, block, inPilot) {
  const [trial, setTrial] = useState(/** @type {(Trial & {inPilot?: boolean}) | undefined} */ (undefined));
  // What is in force stays the same while thresholds are moved.
  const asConfigured = useRef(/** @type {{calls?: object[], inPilot?: boolean, verdicts?: object[]}} */ ({}));
  useEffect(() => {
    if (!whatIf || !calls) return undefined;
    let isOver = false;
    const judged = async (setup) => {
      const { config } = whatIf.configure(setup, inPilot);
      return { config, verdicts: await judgeAll(whatIf, calls, () => isOver) };
    };
    const judge = async () => {
      const known = asConfigured.current;
      if (known.calls !== calls || known.inPilot !== inPilot) {
        const { verdicts } = await judged(environment);
        if (!verdicts) return;
        asConfigured.current = { calls, inPilot, verdicts };
      }
      const began = performance.now();
      // As of whoever looks at it: an action may be for some teams.
      const { config, verdicts } = await judged({ ...environment, ...NOWHERE, attributes: block });
      if (!verdicts) return;
      setTrial({ block, config, before: asConfigured.current.verdicts, verdicts, calls, inPilot });
      performance.measure('device-monitoring:what-if', { start: began, end: performance.now() });
    };
    judge().catch((error) => !isOver && setTrial({ calls, inPilot, problem: String(error?.message ?? error) }));
    return () => {
      isOver = true;
    };
  }, [whatIf, calls, environment, block, inPilot]);
  return trial?.calls === calls && trial?.inPilot === inPilot ? trial : undefined;
}

/** Which alerts would come, go and stay, among so many calls that were judged. @param {Trial | undefined} trial */
export function changedBy(trial) {
  if (!trial?.before || !trial.verdicts) return undefined;
  return { ...compare(trial.calls, trial.before, trial.verdicts), judged: trial.before.filter(Boolean).length };
}

/** What a trial says. @param {{trial?: Trial, isMoved: boolean}} props */
export function WhatIf({ trial, isMoved }) {
  const t = useText();
  const changed = changedBy(trial);
  return (
    <>
      <Box role="status" data-testid="device-monitoring-admin-view-judged" marginBottom="space40">
        <Strong>
          {trial?.problem && `${t('notJudged', { reason: trial.problem })} `}
          {!isMoved && t('nothingMoved')}
          {changed &&
            ` ${t('judged', {
              count: changed.judged,
              before: changed.go.length + changed.stay.length,
              after: changed.come.length + changed.stay.length,
            })}`}
        </Strong>
      </Box>
      {changed && <VerdictChanges changed={changed} />}
    </>
  );
}
