import { Callout, CalloutHeading, CalloutText } from '@twilio-paste/core/callout';
import { Stack } from '@twilio-paste/core/stack';
import React from 'react';

import { useText } from '../text';

/** @type {Record<string, {variant: 'error' | 'warning' | 'neutral', heading: string, icon: string}>} */
const LOOKS = {
  error: { variant: 'error', heading: 'findingError', icon: 'error' },
  warning: { variant: 'warning', heading: 'findingWarning', icon: 'warning' },
  info: { variant: 'neutral', heading: 'findingInfo', icon: 'information' },
};

const suggestionText = (property, { value, property: other }) => other ?? `${property}=${value}`;

/** What the check of a configuration has found. @param {{findings: object[]}} props */
export function Findings({ findings }) {
  const t = useText();
  return (
    <Stack orientation="vertical" spacing="space30">
      {findings.map(({ severity, property, message, suggestion }) => {
        const { variant, heading, icon } = LOOKS[severity];
        const advice = suggestion && t('suggested', { suggestion: suggestionText(property, suggestion) });
        return (
          <div key={property + message} data-finding={severity}>
            <Callout variant={variant} i18nLabel={t(icon)} marginY="space0">
              <CalloutHeading as="h3">{t(heading, { property })}</CalloutHeading>
              <CalloutText>{advice ? `${message} ${advice}` : message}</CalloutText>
            </Callout>
          </div>
        );
      })}
    </Stack>
  );
}
