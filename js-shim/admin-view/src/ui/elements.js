import * as Flex from '@twilio/flex-ui';
import React from 'react';

import { appearanceOf } from '../../../src/ui/severity';
import { textStyle } from '../../../src/ui/textStyle';
import { useFocusKept } from '../../../src/ui/useFocusKept';

/**
 * The style of a page.
 * @param {object} theme Flex's
 * @returns {import('react').CSSProperties}
 */
export function pageStyle(theme) {
  const { background, text } = appearanceOf('quiet', theme);
  return {
    ...textStyle(theme),
    boxSizing: 'border-box',
    width: '100%',
    height: '100%',
    overflow: 'auto',
    padding: '24px',
    background: theme?.tokens?.backgroundColors?.colorBackgroundBody ?? background,
    color: text,
  };
}

const PARAGRAPH = { margin: '0 0 8px' };
export function P({ children }) {
  return <p style={PARAGRAPH}>{children}</p>;
}

export function Section({ id, title, children }) {
  return (
    <section
      tabIndex={-1}
      data-testid={`device-monitoring-admin-view-${id}`}
      aria-labelledby={`device-monitoring-${id}`}
      style={{ maxWidth: '1100px', marginBottom: '32px' }}
    >
      <h2 id={`device-monitoring-${id}`} style={{ fontSize: '1.125rem', fontWeight: 600, margin: '0 0 8px' }}>
        {title}
      </h2>
      {children}
    </section>
  );
}

export function Button({ children, ...props }) {
  return (
    <span ref={useFocusKept()}>
      <Flex.Button variant="secondary" size="small" style={{ margin: '8px 8px 8px 0', minHeight: '24px' }} {...props}>
        {children}
      </Flex.Button>
    </span>
  );
}

/** @type {import('react').CSSProperties} */
const CELL = { textAlign: 'left', verticalAlign: 'top', padding: '4px 16px 4px 0' };

/** @param {{label: string, columns: string[], rows: {key: any, cells: any[], props?: object}[]}} props */
export function Table({ label, columns, rows }) {
  return (
    <table aria-label={label} style={{ borderCollapse: 'collapse', margin: '8px 0' }}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col" style={{ ...CELL, fontWeight: 600, whiteSpace: 'nowrap' }}>
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, cells, props }) => (
          <tr key={key} {...props}>
            {/* The columns of a table never change their order. */}
            {cells.map((cell, index) => (
              <td key={columns[index]} style={CELL}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
