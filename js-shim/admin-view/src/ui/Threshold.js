import React, { useState } from 'react';

import { TEXTS } from '../texts';
import { Findings } from './Findings';

const FIELD = {
  background: 'transparent',
  color: 'inherit',
  font: 'inherit',
  border: '1px solid currentColor',
  borderRadius: '4px',
  width: '5rem',
  minHeight: '28px',
  padding: '0 4px',
};

/**
 * One threshold to be tried: a slider, and a field for what is not on it.
 * @param {{threshold: object, value: number, findings: object[], theme: object, onChange: (value: number) => void}} props
 */
export function Threshold({ threshold: { property, name, unit, most, step }, value, findings, theme, onChange }) {
  const id = `device-monitoring-${property}`;
  // What is being typed need not be a number yet.
  const [draft, setDraft] = useState(/** @type {string | undefined} */ (undefined));
  const change = ({ target }) => {
    const number = target.valueAsNumber;
    if (!Number.isNaN(number)) onChange(number);
  };
  const type = (event) => {
    setDraft(event.target.value);
    change(event);
  };
  return (
    <div data-testid={`device-monitoring-admin-view-${property}`} style={{ marginBottom: '8px' }}>
      <div style={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '8px' }}>
        <label htmlFor={id} style={{ width: '11rem' }}>
          {unit ? `${name}, ${unit}` : name}
        </label>
        <input
          type="range"
          aria-label={TEXTS.slider(name)}
          min="0"
          max={most}
          step={step}
          value={Math.min(value, most)}
          onChange={change}
          style={{ width: '16rem', minHeight: '24px' }}
        />
        <input
          id={id}
          type="number"
          min="0"
          step="any"
          value={draft ?? value}
          onChange={type}
          onBlur={() => setDraft(undefined)}
          style={FIELD}
        />
      </div>
      <Findings findings={findings} theme={theme} />
    </div>
  );
}
