import React from 'react';

import { Icon } from '../../../src/ui/Icon';
import { appearanceOf } from '../../../src/ui/severity';
import { TEXTS } from '../texts';

const SEVERITIES = { error: 'critical', warning: 'warning', info: 'ended' };

/** What is to be said about a configuration. @param {{findings: object[], theme: object}} props */
export function Findings({ findings, theme }) {
  return (
    <ul style={{ listStyle: 'none', margin: '8px 0', padding: 0 }}>
      {findings.map(({ severity, property, message, suggestion }) => {
        const look = appearanceOf(SEVERITIES[severity], theme);
        return (
          <li
            key={property + message}
            data-finding={severity}
            style={{ display: 'flex', gap: '8px', marginBottom: '4px' }}
          >
            <Icon look={{ ...look, accent: 'currentColor' }} />
            <span>
              <strong style={{ fontWeight: 600 }}>{`${TEXTS.severities[severity]}: ${property}`}</strong>
              {` ${message}`}
              {suggestion && ` ${TEXTS.suggested(property, suggestion)}`}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
