import React, { useEffect, useState } from 'react';

import { commandFor, compare, reportOf } from '../compare';
import { SWITCH, TEXTS, THRESHOLDS } from '../texts';
import { Changed } from './Changed';
import { Button, P, Section } from './elements';
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

/** @param {{library: object, access: object, inForce: object, theme: object}} props */
export function WhatIf({ library, access: { environment }, inForce, theme }) {
  const [changes, setChanges] = useState(/** @type {Record<string, number | boolean>} */ ({}));
  const [said, setSaid] = useState('');
  const trial = useTrial(library, environment, inForce, changes);
  const change = (/** @type {string} */ property, /** @type {number | boolean} */ value) => {
    setSaid('');
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
        () => setSaid(TEXTS.copied),
        () => setSaid(TEXTS.notCopied),
      );

  const isMoved = Object.keys(changes).length > 0;
  const changed = trial?.verdicts && compare(library.calls, library.verdicts, trial.verdicts);
  const judged = library.verdicts.filter(Boolean).length;
  const command = commandFor(changes, inForce.source);
  return (
    <Section id="what-if" title={TEXTS.whatIf}>
      <P>{TEXTS.whatIfHelp}</P>
      {THRESHOLDS.map((threshold) => (
        <Threshold
          key={threshold.property}
          threshold={threshold}
          value={Number(valueOf(threshold.property))}
          findings={findingsOf(threshold.property)}
          theme={theme}
          onChange={(value) => change(threshold.property, value)}
        />
      ))}
      <label
        htmlFor="device-monitoring-switch"
        style={{ display: 'inline-flex', alignItems: 'center', gap: '8px', minHeight: '28px' }}
      >
        <input
          id="device-monitoring-switch"
          type="checkbox"
          checked={Boolean(valueOf(SWITCH.property))}
          onChange={({ target }) => change(SWITCH.property, target.checked)}
          style={{ width: '24px', height: '24px', margin: 0 }}
        />
        {SWITCH.name}
      </label>
      <div role="status" data-testid="device-monitoring-admin-view-judged" style={{ margin: '8px 0', fontWeight: 600 }}>
        {trial?.problem && `${TEXTS.notJudged(trial.problem)} `}
        {!isMoved && TEXTS.nothingMoved}
        {changed &&
          ` ${TEXTS.judged(judged, changed.go.length + changed.stay.length, changed.come.length + changed.stay.length)}`}
      </div>
      {changed && <Changed changed={changed} />}
      {isMoved && changed && (
        <>
          <P>{inForce.source === 'appConfig' ? TEXTS.inAppConfig : TEXTS.commandHelp}</P>
          <code
            data-testid="device-monitoring-admin-view-command"
            style={{ display: 'block', margin: '8px 0', fontFamily: 'monospace' }}
          >
            {command}
          </code>
          <Button data-testid="device-monitoring-admin-view-copy" onClick={() => copy(command)}>
            {TEXTS.copyCommand}
          </Button>
          <Button
            data-testid="device-monitoring-admin-view-json"
            onClick={() => copy(JSON.stringify(reportOf(changes, trial.config, changed, judged), null, 2))}
          >
            {TEXTS.copyJson}
          </Button>
          <Button data-testid="device-monitoring-admin-view-reset" onClick={() => setChanges({})}>
            {TEXTS.reset}
          </Button>
        </>
      )}
      <div role="status">{said}</div>
    </Section>
  );
}
