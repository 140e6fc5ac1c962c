import { AlertDialog } from '@twilio-paste/core/alert-dialog';
import { Box } from '@twilio-paste/core/box';
import { Callout, CalloutHeading, CalloutText } from '@twilio-paste/core/callout';
import { Paragraph } from '@twilio-paste/core/paragraph';
import React, { useState } from 'react';

import { ownProperty } from '../ownProperty';
import { useText } from '../text';
import { Difference } from './Difference';
import { SmallButton } from './elements';

/** Sources that come before the one that is edited here: why a change would have no effect. */
const HIDING = { appConfig: 'noEffectAppConfig', ui_attributes: 'noEffectUiAttributes' };

/** Why nothing can be put live from here; nothing if it can. */
function obstacle(t, { source, live, hasErrors }) {
  if (source in HIDING) return t(HIDING[source]);
  if (live.state === 'reading') return t('readingLive');
  if (live.problem === 'not-an-admin') return t('onlyAdmins');
  if (live.problem === 'not-reached') return t('functionNotReached');
  if (live.state === 'closed') return t('functionSays', { message: live.problem });
  return hasErrors ? t('errorsFirst') : undefined;
}

const STATES = {
  'not-written': 'stateNotWritten',
  unknown: 'stateUnknown',
  unverified: 'stateUnverified',
  differs: 'stateDiffers',
};

/** What became of a writing that did not end as it should have. */
function Outcome({ outcome: { state, error, message, changed } }) {
  const t = useText();
  return (
    <div role="alert" data-testid="device-monitoring-admin-view-outcome">
      <Callout variant="error" i18nLabel={t('error')} marginY="space40">
        <CalloutHeading as="h3">{t(ownProperty(STATES, state) ?? 'stateNotWritten')}</CalloutHeading>
        <CalloutText>
          {error === 'configuration-changed' && t('changedMeanwhile', { names: (changed ?? []).join(', ') })}
          {error === 'not-reached' && t('functionNotReached')}
          {error !== 'configuration-changed' && error !== 'not-reached' && message}
        </CalloutText>
      </Callout>
    </div>
  );
}

/**
 * The change in words and as JSON, and what can be done with it.
 * @param {object} props
 * @param {import('./useLiveConfiguration').Live} props.live
 * @param {string} props.source where the configuration in force comes from
 * @param {boolean} props.isChanged
 * @param {{property: string, before: unknown, after: unknown}[]} props.difference
 * @param {object | null} props.block
 * @param {boolean} props.hasErrors
 * @param {string} props.command
 * @param {(text: string) => void} props.copy
 * @param {() => Promise<object>} props.write
 * @param {() => void} props.discard
 * @param {any} props.children more buttons
 */
export function PutLive({
  live,
  source,
  isChanged,
  difference,
  block,
  hasErrors,
  command,
  copy,
  write,
  discard,
  children,
}) {
  const t = useText();
  const [isAsking, setAsking] = useState(false);
  const [isWriting, setWriting] = useState(false);
  const [outcome, setOutcome] = useState(/** @type {object | undefined} */ (undefined));
  const why = obstacle(t, { source, live, hasErrors });
  const putLive = async () => {
    setAsking(false);
    setWriting(true);
    const answer = await write();
    setWriting(false);
    setOutcome(answer.error ? answer : undefined);
  };
  return (
    <Box data-testid="device-monitoring-admin-view-put-live">
      {why && <Paragraph>{why}</Paragraph>}
      {outcome && <Outcome outcome={outcome} />}
      {isChanged && (
        <>
          <Difference difference={difference} />
          <Box
            as="pre"
            tabIndex={0}
            aria-label={t('asJson')}
            data-testid="device-monitoring-admin-view-block"
            overflow="auto"
            fontFamily="fontFamilyCode"
            fontSize="fontSize20"
          >
            {JSON.stringify(block, null, 2)}
          </Box>
          <Paragraph marginBottom="space0">{t(source === 'appConfig' ? 'inAppConfig' : 'commandHelp')}</Paragraph>
          <Box
            as="code"
            data-testid="device-monitoring-admin-view-command"
            display="block"
            marginY="space40"
            fontFamily="fontFamilyCode"
          >
            {command}
          </Box>
          <Box display="flex" flexWrap="wrap" columnGap="space30" rowGap="space30">
            {!why && (
              <SmallButton
                variant="primary"
                loading={isWriting}
                data-testid="device-monitoring-admin-view-live"
                onClick={() => setAsking(true)}
              >
                {t('putLive')}
              </SmallButton>
            )}
            <SmallButton data-testid="device-monitoring-admin-view-reset" onClick={discard}>
              {t('discard')}
            </SmallButton>
            <SmallButton data-testid="device-monitoring-admin-view-copy" onClick={() => copy(command)}>
              {t('copyCommand')}
            </SmallButton>
            {children}
          </Box>
        </>
      )}
      <AlertDialog
        data-testid="device-monitoring-admin-view-live-dialog"
        heading={t('putLiveHeading')}
        isOpen={isAsking}
        onConfirm={putLive}
        onConfirmLabel={t('putLive')}
        onDismiss={() => setAsking(false)}
        onDismissLabel={t('notYet')}
      >
        {t('putLiveHelp')} <Difference difference={difference} />
      </AlertDialog>
    </Box>
  );
}
