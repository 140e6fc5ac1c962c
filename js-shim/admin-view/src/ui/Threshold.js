import { Box } from '@twilio-paste/core/box';
import { Input } from '@twilio-paste/core/input';
import { Label } from '@twilio-paste/core/label';
import React, { useState } from 'react';

import { useText } from '../text';
import { Findings } from './Findings';

/** As people write it, with a point or a comma. Paste makes a text field of a number field. */
const NUMBER = /^\d+(?:[.,]\d+)?$/;

/**
 * One threshold to be tried: a slider, and a field for what is not on it. Paste has no slider.
 * @param {{threshold: object, value: number, findings: object[], onChange: (value: number) => void}} props
 */
export function Threshold({ threshold: { property, text, unit, most, step }, value, findings, onChange }) {
  const t = useText();
  const id = `device-monitoring-${property}`;
  const name = t(text);
  // What is being typed need not be a number yet.
  const [draft, setDraft] = useState(/** @type {string | undefined} */ (undefined));
  const type = ({ target: { value: typed } }) => {
    setDraft(typed);
    if (NUMBER.test(typed)) onChange(Number(typed.replace(',', '.')));
  };
  return (
    <Box data-testid={`device-monitoring-admin-view-${property}`} marginBottom="space40">
      <Label htmlFor={id}>{unit ? t('withUnit', { name, unit }) : name}</Label>
      <Box display="flex" flexWrap="wrap" alignItems="center" columnGap="space40" marginBottom="space30">
        <Box width="size10" minWidth="size10">
          <Input
            id={id}
            type="text"
            inputMode="decimal"
            value={String(draft ?? value)}
            onChange={type}
            onBlur={() => setDraft(undefined)}
          />
        </Box>
        <input
          type="range"
          aria-label={t('slider', { name })}
          min="0"
          max={most}
          step={step}
          value={Math.min(value, most)}
          onChange={({ target }) => onChange(target.valueAsNumber)}
          style={{ width: '16rem', minHeight: '24px' }}
        />
      </Box>
      <Findings findings={findings} />
    </Box>
  );
}
