import { Box } from '@twilio-paste/core/box';
import { Paragraph } from '@twilio-paste/core/paragraph';
import React, { useMemo, useState } from 'react';

import { findingsAboutAction } from '../actionReadiness';
import { reportOf } from '../verdictChanges';
import {
  ACTION,
  ACTIONS,
  OWN,
  blockOf,
  changesOf,
  commandFor,
  differenceBetween,
  settingIn,
  withChange,
} from '../draft';
import { WhatIf as Engine } from '../engine';
import { findingsApart } from '../configurationFindings';
import { useSharedCalls } from '../shared/useSharedCalls';
import { useText } from '../text';
import { ActionsFields } from './ActionsFields';
import { Section, SmallButton } from './elements';
import { Findings } from './ConfigurationFindings';
import { History } from './History';
import { HoldsFor, PilotFields, WhoseSettings } from './PilotFields';
import { PropertyField } from './PropertyField';
import { PutLive } from './PutLive';
import { CallsTried } from './SharedCalls';
import { Suggest } from './Suggest';
import { useLiveConfiguration } from './useLiveConfiguration';
import { WhatIf, changedBy, useTrial } from './WhatIf';

const PLACES = { appConfig: 'appConfig', ui_attributes: 'uiAttributes', attributes: 'attributes' };

/** What the engine says about a block, as if it were the only one. */
function judge(block) {
  const engine = new Engine();
  const judged = engine.configure({ attributes: block }, false);
  engine.free();
  return judged;
}

/** The block that is edited: as it is at Twilio; if that cannot be read, as it is in this browser. */
function useBase(live, { source }, environment) {
  const place = PLACES[source] ?? 'attributes';
  const block = live.state === 'ready' && place === 'attributes' ? live.block : (environment[place] ?? null);
  const text = JSON.stringify(block);
  // The same text is the same block: a reading that has found nothing new changes nothing.
  return useMemo(() => {
    const base = JSON.parse(text ?? 'null');
    return { base, judgedBase: judge(base) };
  }, [text]);
}

/**
 * Every property with its meaning and what the check says of it, what the recorded calls would do with it, and what can be
 * done with the result.
 * @param {object} props
 * @param {object} props.recordedCalls the calls that were recorded in this browser
 * @param {object} props.access
 * @param {object} props.inForce
 * @param {(text: string, variant?: 'success' | 'error') => void} props.say shows a toast
 */
export function Editor({ recordedCalls: own, access, inForce, say }) {
  const t = useText();
  const [isShared, setShared] = useState(false);
  const shared = useSharedCalls(access);
  const recordedCalls = isShared ? shared : own;
  const { live, write } = useLiveConfiguration(access);
  const { base, judgedBase } = useBase(live, inForce, access.environment);
  const [draft, setDraft] = useState(/** @type {import('../draft').Draft | undefined} */ (undefined));
  const [inPilot, setInPilot] = useState(false);
  const block = useMemo(() => blockOf(base, judgedBase, draft), [base, judgedBase, draft]);
  const { config, pilot, findings } = useMemo(() => judge(block), [block]);
  const trial = useTrial(recordedCalls, access.environment, block, inPilot);
  const properties = useMemo(() => Engine.properties(), []);
  const names = [...properties.map(({ name }) => name), ACTIONS];
  const difference = differenceBetween(base, block, names);
  const isMoved = difference.length > 0 || (base === null) !== (block === null);

  const change = (name, value) => setDraft((before) => withChange(base, judgedBase, before, name, value));
  const tryAll = (settings) =>
    Object.entries(settings).forEach(([name, value]) => change(inPilot ? OWN + name : name, value));
  const isChanged = (name) => difference.some(({ property }) => property === name);
  /** A property's name in findings. */
  const pathOf = (name) => (inPilot ? OWN + name : name);
  const inForceHere = (inPilot && pilot?.config) || config;
  const findingsAbout = (path) => findings.filter(({ property }) => property === path);
  // What is not understood is shown as it is written: beside it is why.
  const valueOf = ({ name }) =>
    findingsAbout(pathOf(name)).some(({ severity }) => severity === 'error')
      ? String(settingIn(block, pathOf(name)) ?? '')
      : inForceHere[name];
  // Of the action also what is so without a change: whether it is deployed. What is no name is an error already.
  const findingsShown = ({ name }) => [
    ...(isChanged(pathOf(name)) ? findingsAbout(pathOf(name)) : []),
    ...(name === ACTION ? findingsAboutAction(inForceHere[name], live.actions, pathOf(name), t) : []),
  ];
  const apart = findingsApart(findings, names, block, inPilot);
  const actions = pathOf(ACTIONS);
  const copy = (text) =>
    Promise.resolve()
      .then(() => navigator.clipboard.writeText(text))
      .then(
        () => say(t('copied')),
        () => say(t('notCopied'), 'error'),
      );
  const putLive = async () => {
    const answer = await write(block, draft && 'restores' in draft ? draft.restores : undefined);
    if (!answer.error) {
      // What was edited meanwhile is not live yet.
      setDraft((now) => (now === draft ? undefined : now));
      say(t('live'));
    }
    return answer;
  };
  const changed = changedBy(trial);
  return (
    <>
      <Section id="what-if" title={t('change')}>
        <Paragraph>{t('changeHelp')}</Paragraph>
        <CallsTried isShared={isShared} onChange={setShared} shared={shared} isSharing={inForce.sharesRecordings} />
        <Suggest recordedCalls={recordedCalls} environment={access.environment} inPilot={inPilot} onTry={tryAll} />
        <Box display="flex" flexWrap="wrap" columnGap="space80" rowGap="space60">
          <Box flex="1 1 20rem" minWidth="size0">
            <WhoseSettings inPilot={inPilot} onChange={setInPilot} />
            {inPilot && (
              <PilotFields
                block={block}
                pilot={pilot}
                findings={apart.pilot}
                environment={access.environment}
                onChange={change}
              />
            )}
            {apart.others.map(({ finding, isRemovable }) => (
              <Box key={finding.property + finding.message} marginBottom="space60">
                <Findings findings={[finding]} />
                {isRemovable && (
                  <SmallButton onClick={() => change(finding.property, null)}>
                    {t('remove', { property: finding.property })}
                  </SmallButton>
                )}
              </Box>
            ))}
            {properties.map((property) => (
              <PropertyField
                key={pathOf(property.name)}
                property={property}
                value={valueOf(property)}
                outside={inPilot ? config[property.name] : undefined}
                findings={findingsShown(property)}
                onChange={(value) => change(pathOf(property.name), value)}
              />
            ))}
            <ActionsFields
              key={actions}
              value={settingIn(block, actions)}
              findings={isChanged(actions) ? findingsAbout(actions) : []}
              deployed={live.actions}
              onChange={(value) => change(actions, value)}
            />
          </Box>
          <Box flex="1 1 20rem" minWidth="size0" position="sticky" top={0} alignSelf="flex-start">
            <HoldsFor inPilot={inPilot} pilot={pilot} />
            <WhatIf trial={trial} isMoved={isMoved} />
            <PutLive
              live={live}
              source={inForce.source}
              isChanged={isMoved}
              difference={difference}
              block={block}
              hasErrors={findings.some(({ severity }) => severity === 'error')}
              command={commandFor(difference, block, inForce.source === 'ui_attributes')}
              copy={copy}
              write={putLive}
              discard={() => setDraft(undefined)}
            >
              {changed && (
                <SmallButton
                  data-testid="device-monitoring-admin-view-json"
                  disabled={trial?.block !== block}
                  onClick={() =>
                    copy(JSON.stringify(reportOf(changesOf(difference), inForceHere, changed, changed.judged), null, 2))
                  }
                >
                  {t('copyJson')}
                </SmallButton>
              )}
            </PutLive>
          </Box>
        </Box>
      </Section>
      {live.state === 'ready' && (
        <History
          history={live.history ?? null}
          block={live.block ?? null}
          onRestore={(version, restores) => setDraft({ block: version, restores })}
        />
      )}
    </>
  );
}
