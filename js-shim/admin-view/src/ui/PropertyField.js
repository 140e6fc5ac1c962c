import { Box } from '@twilio-paste/core/box';
import { Checkbox } from '@twilio-paste/core/checkbox';
import { HelpText } from '@twilio-paste/core/help-text';
import { Input } from '@twilio-paste/core/input';
import { Label } from '@twilio-paste/core/label';
import React, { useState } from 'react';

import { WhatIf } from '../engine';
import { useText } from '../text';
import { SWITCH, THRESHOLDS } from '../thresholds';
import { Findings } from './ConfigurationFindings';
import { Threshold } from './Threshold';

/** What a property means, its default, the recommended value and why; in the pilot also what all others have. */
function Help({ id, property: { name, unit, default: byDefault, recommended }, outside }) {
  const t = useText();
  const shown = (value) => (unit ? `${value} ${unit}` : String(value));
  return (
    <Box marginTop="space30">
      <HelpText id={id} marginTop="space0">
        {t(`meaning_${name}`)}{' '}
        {t('defaultAndRecommended', { default: shown(byDefault), recommended: shown(recommended) })} {t(`why_${name}`)}
        {outside !== undefined && ` ${t('asForAll', { value: shown(outside) })}`}
      </HelpText>
    </Box>
  );
}

/** A text, or a number that has no slider. */
function TextField({ id, property: { name }, value, onChange }) {
  const [draft, setDraft] = useState(/** @type {string | undefined} */ (undefined));
  const type = ({ target: { value: typed } }) => {
    setDraft(typed);
    onChange(WhatIf.setting(name, typed));
  };
  return (
    <>
      <Label htmlFor={id}>{name}</Label>
      <Input
        id={id}
        type="text"
        aria-describedby={`${id}-help`}
        value={String(draft ?? value)}
        onChange={type}
        onBlur={() => setDraft(undefined)}
      />
    </>
  );
}

/**
 * A property that can be edited, with what the check finds about it.
 * @param {{property: object, value: any, outside?: any, findings: object[], onChange: (value: unknown) => void}} props
 *   `outside`: in the pilot, what is in force for all others
 */
export function PropertyField({ property, value, outside, findings, onChange }) {
  const t = useText();
  const { name, default: byDefault } = property;
  const id = `device-monitoring-${name}`;
  const threshold = THRESHOLDS.find((one) => one.property === name);
  const help = <Help id={`${id}-help`} property={property} outside={outside} />;
  if (threshold)
    return (
      <Threshold threshold={threshold} value={value} findings={findings} onChange={onChange}>
        {help}
      </Threshold>
    );
  return (
    <Box data-testid={`device-monitoring-admin-view-${name}`} marginBottom="space60">
      {typeof byDefault === 'boolean' ? (
        <Checkbox
          id={id}
          aria-describedby={`${id}-help`}
          checked={value === true}
          onChange={({ target }) => onChange(target.checked)}
        >
          {name === SWITCH.property ? t(SWITCH.text) : name}
        </Checkbox>
      ) : (
        <TextField id={id} property={property} value={value} onChange={onChange} />
      )}
      {help}
      <Findings findings={findings} />
    </Box>
  );
}
