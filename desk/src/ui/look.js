import * as Flex from '@twilio/flex-ui';
import React from 'react';

import { lookOf } from '../../../js-shim/src/ui/severity';

/** The style of a page, from Flex's theme. */
export function pageStyle(theme) {
  const { background, text } = lookOf('quiet', theme);
  const tokens = theme?.tokens;
  return {
    boxSizing: 'border-box',
    width: '100%',
    height: '100%',
    overflow: 'auto',
    padding: '24px',
    background: tokens?.backgroundColors?.colorBackgroundBody ?? background,
    color: text,
    fontSize: tokens?.fontSizes?.fontSize30 ?? '0.875rem',
    lineHeight: tokens?.lineHeights?.lineHeight20 ?? '1.25rem',
    overflowWrap: 'anywhere',
  };
}

const PARAGRAPH = { margin: '0 0 8px' };
export const P = ({ children }) => <p style={PARAGRAPH}>{children}</p>;

export function Section({ id, title, children }) {
  return (
    <section data-testid={`device-monitoring-desk-${id}`} aria-labelledby={`device-monitoring-${id}`} style={{ maxWidth: '1100px', marginBottom: '32px' }}>
      <h2 id={`device-monitoring-${id}`} style={{ fontSize: '1.125rem', fontWeight: 600, margin: '0 0 8px' }}>{title}</h2>
      {children}
    </section>
  );
}

export function Button({ children, ...props }) {
  return (
    <Flex.Button variant="secondary" size="small" style={{ margin: '8px 8px 8px 0', minHeight: '24px' }} {...props}>
      {children}
    </Flex.Button>
  );
}

const CELL = { textAlign: 'left', verticalAlign: 'top', padding: '4px 16px 4px 0' };

/** @param {{label: string, columns: string[], rows: {key: any, cells: any[], props?: object}[]}} props */
export function Table({ label, columns, rows }) {
  return (
    <table aria-label={label} style={{ borderCollapse: 'collapse', margin: '8px 0' }}>
      <thead>
        <tr>{columns.map((column) => <th key={column} scope="col" style={{ ...CELL, fontWeight: 600, whiteSpace: 'nowrap' }}>{column}</th>)}</tr>
      </thead>
      <tbody>
        {rows.map(({ key, cells, props }) => (
          <tr key={key} {...props}>
            {/* The columns of a table never change their order. */}
            {cells.map((cell, index) => <td key={columns[index]} style={CELL}>{cell}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
