import { Box } from '@twilio-paste/core/box';
import { Checkbox } from '@twilio-paste/core/checkbox';
import { Paragraph } from '@twilio-paste/core/paragraph';
import { Stack } from '@twilio-paste/core/stack';
import React, { useEffect, useState } from 'react';

import { commandFor, compare, reportOf } from '../compare';
import { useText } from '../text';
import { SWITCH, THRESHOLDS } from '../thresholds';
import { Changed } from './Changed';
import { Section, SmallButton, Strong } from './elements';
import { Threshold } from './Threshold';
import { judgeAll } from './useLibrary';

const PLACES = { appConfig: 'appConfig', ui_attributes: 'uiAttributes', attributes: 'attributes' };

/** The block in force with these changes, as if it were the only one. */
const tried = (environment, { source }, changes) => ({ attributes: { ...environment[PLACES[source]], ...changes } });

/**
 * @typedef {object} Trial what the changes would do; of a trial that failed, the `problem` alone
 * @property {object[]} calls
 * @property {object} [config]
 * @property {object[]} [findings]
 * @property {object[]} [verdicts]
 * @property {string} [problem]
 */

/**
 * Judges every call as if the changes were in force, and again whenever they change.
 * @param {import('./useLibrary').Library} library
 * @param {object} environment
 * @param {object} inForce
 * @param {object} changes
 * @returns {Trial | undefined} undefined as long as there is no result yet
 */
function useTrial({ whatIf, calls }, environment, inForce, changes) {
  const [trial, setTrial] = useState(/** @type {Trial | undefined} */ (undefined));
  useEffect(() => {
    if (!whatIf || !calls) return undefined;
    let isOver = false;
    const began = performance.now();
    const { config, findings } = whatIf.configure(tried(environment, inForce, changes));
    judgeAll(whatIf, calls, () => isOver)
      .then((verdicts) => {
        if (!verdicts) return;
        setTrial({ config, findings, verdicts, calls });
        performance.measure('device-monitoring:what-if', { start: began, end: performance.now() });
      })
      .catch((error) => !isOver && setTrial({ calls, problem: String(error?.message ?? error) }));
    return () => {
      isOver = true;
    };
  }, [whatIf, calls, environment, inForce, changes]);
  return trial?.calls === calls ? trial : undefined;
}

/**
 * @param {object} props
 * @param {object} props.library
 * @param {object} props.access
 * @param {object} props.inForce
 * @param {(text: string, variant?: 'success' | 'error') => void} props.say shows a toast
 */
export function WhatIf({ library, access: { environment }, inForce, say }) {
  const t = useText();
  const [changes, setChanges] = useState(/** @type {Record<string, number | boolean>} */ ({}));
  const trial = useTrial(library, environment, inForce, changes);
  const change = (/** @type {string} */ property, /** @type {number | boolean} */ value) => {
    setChanges(({ [property]: _, ...others }) =>
      value === inForce.config[property] ? others : { ...others, [property]: value },
    );
  };
  const valueOf = (property) => changes[property] ?? inForce.config[property];
  const findingsOf = (property) =>
    (property in changes ? trial?.findings?.filter((finding) => finding.property === property) : undefined) ?? [];
  const copy = (text) =>
    Promise.resolve()
      .then(() => navigator.clipboard.writeText(text))
      .then(
        () => say(t('copied')),
        () => say(t('notCopied'), 'error'),
      );

  const isMoved = Object.keys(changes).length > 0;
  const changed = trial?.verdicts && compare(library.calls, library.verdicts, trial.verdicts);
  const judged = library.verdicts.filter(Boolean).length;
  const command = commandFor(changes, inForce.source);
  return (
    <Section id="what-if" title={t('whatIf')}>
      <Paragraph>{t('whatIfHelp')}</Paragraph>
      {THRESHOLDS.map((threshold) => (
        <Threshold
          key={threshold.property}
          threshold={threshold}
          value={Number(valueOf(threshold.property))}
          findings={findingsOf(threshold.property)}
          onChange={(value) => change(threshold.property, value)}
        />
      ))}
      <Checkbox
        id="device-monitoring-switch"
        checked={Boolean(valueOf(SWITCH.property))}
        onChange={({ target }) => change(SWITCH.property, target.checked)}
      >
        {t(SWITCH.text)}
      </Checkbox>
      <Box role="status" data-testid="device-monitoring-admin-view-judged" marginY="space40">
        <Strong>
          {trial?.problem && `${t('notJudged', { reason: trial.problem })} `}
          {!isMoved && t('nothingMoved')}
          {changed &&
            ` ${t('judged', {
              count: judged,
              before: changed.go.length + changed.stay.length,
              after: changed.come.length + changed.stay.length,
            })}`}
        </Strong>
      </Box>
      {changed && <Changed changed={changed} />}
      {isMoved && changed && (
        <>
          <Paragraph marginBottom="space0">
            {t(inForce.source === 'appConfig' ? 'inAppConfig' : 'commandHelp')}
          </Paragraph>
          <Box
            as="code"
            data-testid="device-monitoring-admin-view-command"
            display="block"
            marginY="space40"
            fontFamily="fontFamilyCode"
          >
            {command}
          </Box>
          <Stack orientation="horizontal" spacing="space30">
            <SmallButton data-testid="device-monitoring-admin-view-copy" onClick={() => copy(command)}>
              {t('copyCommand')}
            </SmallButton>
            <SmallButton
              data-testid="device-monitoring-admin-view-json"
              onClick={() => copy(JSON.stringify(reportOf(changes, trial.config, changed, judged), null, 2))}
            >
              {t('copyJson')}
            </SmallButton>
            <SmallButton data-testid="device-monitoring-admin-view-reset" onClick={() => setChanges({})}>
              {t('reset')}
            </SmallButton>
          </Stack>
        </>
      )}
    </Section>
  );
}
