import { Box } from '@twilio-paste/core/box';
import { Input } from '@twilio-paste/core/input';
import { Label } from '@twilio-paste/core/label';
import React, { useState } from 'react';

import { WhatIf } from '../engine';
import { useText } from '../text';
import { Findings } from './ConfigurationFindings';

/**
 * One threshold to be tried: a slider, and a field for what is not on it. Paste has no slider.
 * @param {{threshold: object, value: number | string, findings: object[], onChange: (value: unknown) => void, children: any}} props
 *   `children`: what explains it, under the id of the field with `-help` behind it
 */
export function Threshold({ threshold: { property, text, unit, max, step }, value, findings, onChange, children }) {
  const t = useText();
  const id = `device-monitoring-${property}`;
  const name = t(text);
  // As it is typed, until the field is left: "3." is a number already, and would be shown as 3.
  const [draft, setDraft] = useState(/** @type {string | undefined} */ (undefined));
  const type = ({ target: { value: typed } }) => {
    setDraft(typed);
    onChange(WhatIf.setting(property, typed));
  };
  return (
    <Box data-testid={`device-monitoring-admin-view-${property}`} marginBottom="space60">
      <Label htmlFor={id}>{unit ? t('withUnit', { name, unit }) : name}</Label>
      <Box display="flex" flexWrap="wrap" alignItems="center" columnGap="space40" marginBottom="space30">
        <Box width="size10" minWidth="size10">
          <Input
            id={id}
            type="text"
            inputMode="decimal"
            aria-describedby={`${id}-help`}
            value={String(draft ?? value)}
            onChange={type}
            onBlur={() => setDraft(undefined)}
          />
        </Box>
        <input
          type="range"
          aria-label={t('slider', { name })}
          min="0"
          max={max}
          step={step}
          value={Math.min(Number(value) || 0, max)}
          onChange={({ target }) => onChange(target.valueAsNumber)}
          style={{ width: '16rem', minHeight: '24px' }}
        />
      </Box>
      {children}
      <Findings findings={findings} />
    </Box>
  );
}
