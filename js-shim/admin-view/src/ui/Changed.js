import React from 'react';

import { clock } from '../../../src/ui/clock';
import { moment, TEXTS } from '../texts';
import { P } from './elements';

/** Of each kind; a list of more would take longer to draw than a frame has. */
const MOST_SHOWN = 10;

/** Which alerts would come, go and stay, each with why. @param {{changed: ReturnType<import('../compare').compare>}} props */
export function Changed({ changed }) {
  const blocks = ['come', 'go', 'stay']
    .filter((kind) => changed[kind].length > 0)
    .map((kind) => (
      <div key={kind} data-testid={`device-monitoring-admin-view-${kind}`}>
        <h3 style={{ fontSize: '1rem', fontWeight: 600, margin: '8px 0 4px' }}>{TEXTS[kind](changed[kind].length)}</h3>
        <ul style={{ margin: 0, paddingLeft: '20px' }}>
          {changed[kind].slice(0, MOST_SHOWN).map(({ call: { startedAt, callSid }, was, is }) => (
            <li key={`${startedAt} ${callSid}`} data-call={callSid}>
              <strong style={{ fontWeight: 600 }}>{`${moment(startedAt)}, ${clock(is.durationMs)}, ${callSid}`}</strong>
              {` ${(kind === 'go' ? was : is).reasons.map(({ text }) => text).join(' ')}`}
            </li>
          ))}
        </ul>
        {changed[kind].length > MOST_SHOWN && <P>{TEXTS.more(changed[kind].length - MOST_SHOWN)}</P>}
      </div>
    ));
  return <>{blocks}</>;
}
