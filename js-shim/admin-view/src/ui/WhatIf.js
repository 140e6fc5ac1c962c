import { Box } from '@twilio-paste/core/box';
import React, { useEffect, useState } from 'react';

import { compare } from '../compare';
import { useText } from '../text';
import { Changed } from './Changed';
import { Strong } from './elements';
import { judgeAll } from './useLibrary';

/**
 * @typedef {object} Trial what a block would do; of a trial that failed, the `problem` alone
 * @property {object[]} calls
 * @property {object} [config]
 * @property {object[]} [verdicts]
 * @property {string} [problem]
 */

/**
 * Judges every call as if a block were in force, and again whenever it changes.
 * @param {import('./useLibrary').Library} library
 * @param {object | null} block
 * @returns {Trial | undefined} undefined as long as there is no result yet
 */
export function useTrial({ whatIf, calls }, block) {
  const [trial, setTrial] = useState(/** @type {Trial | undefined} */ (undefined));
  useEffect(() => {
    if (!whatIf || !calls) return undefined;
    let isOver = false;
    const began = performance.now();
    const { config } = whatIf.configure({ attributes: block });
    judgeAll(whatIf, calls, () => isOver)
      .then((verdicts) => {
        if (!verdicts) return;
        setTrial({ config, verdicts, calls });
        performance.measure('device-monitoring:what-if', { start: began, end: performance.now() });
      })
      .catch((error) => !isOver && setTrial({ calls, problem: String(error?.message ?? error) }));
    return () => {
      isOver = true;
    };
  }, [whatIf, calls, block]);
  return trial?.calls === calls ? trial : undefined;
}

/** @returns {ReturnType<typeof compare> | undefined} which alerts would come, go and stay */
export const changedBy = (trial, library) =>
  trial?.verdicts && compare(library.calls, library.verdicts, trial.verdicts);

/** What a trial says. @param {{library: object, trial?: Trial, isMoved: boolean}} props */
export function WhatIf({ library, trial, isMoved }) {
  const t = useText();
  const changed = changedBy(trial, library);
  return (
    <>
      <Box role="status" data-testid="device-monitoring-admin-view-judged" marginBottom="space40">
        <Strong>
          {trial?.problem && `${t('notJudged', { reason: trial.problem })} `}
          {!isMoved && t('nothingMoved')}
          {changed &&
            ` ${t('judged', {
              count: library.verdicts.filter(Boolean).length,
              before: changed.go.length + changed.stay.length,
              after: changed.come.length + changed.stay.length,
            })}`}
        </Strong>
      </Box>
      {changed && <Changed changed={changed} />}
    </>
  );
}
