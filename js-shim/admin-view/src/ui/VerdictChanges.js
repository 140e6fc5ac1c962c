import { Box } from '@twilio-paste/core/box';
import { Heading } from '@twilio-paste/core/heading';
import { ListItem, UnorderedList } from '@twilio-paste/core/list';
import { Paragraph } from '@twilio-paste/core/paragraph';
import React from 'react';

import { formatDuration } from '../../../src/ui/formatDuration';
import { moment } from '../format';
import { useText } from '../text';
import { Strong } from './elements';

/** Of each kind; a list of more would take longer to draw than a frame has. */
const MAX_SHOWN = 10;

/** Which alerts would come, go and stay, each with why. @param {{changed: ReturnType<import('../verdictChanges').compare>}} props */
export function VerdictChanges({ changed }) {
  const t = useText();
  const blocks = ['come', 'go', 'stay']
    .filter((kind) => changed[kind].length > 0)
    .map((kind) => (
      <Box key={kind} data-testid={`device-monitoring-admin-view-${kind}`} marginTop="space40">
        <Heading as="h3" variant="heading50">
          {t(kind, { count: changed[kind].length })}
        </Heading>
        <UnorderedList marginBottom="space0">
          {changed[kind].slice(0, MAX_SHOWN).map(({ call: { startedAt, callSid, agent }, was, is }) => (
            <ListItem key={`${startedAt} ${callSid}`} data-call={callSid}>
              <Strong>
                {[moment(startedAt), formatDuration(is.durationMs), agent, callSid].filter(Boolean).join(', ')}
              </Strong>
              {` ${(kind === 'go' ? was : is).reasons.map(({ text }) => text).join(' ')}`}
              {kind !== 'go' && is.actions && ` ${t('actionsOf', { actions: is.actions.join(', ') })}`}
            </ListItem>
          ))}
        </UnorderedList>
        {changed[kind].length > MAX_SHOWN && (
          <Paragraph>{t('more', { count: changed[kind].length - MAX_SHOWN })}</Paragraph>
        )}
      </Box>
    ));
  return <>{blocks}</>;
}
