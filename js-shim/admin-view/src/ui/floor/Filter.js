import { Box } from '@twilio-paste/core/box';
import { Input } from '@twilio-paste/core/input';
import { Label } from '@twilio-paste/core/label';
import { Option, Select } from '@twilio-paste/core/select';
import React from 'react';

import { useText } from '../../text';

export const NO_FILTER = { text: '', team: '', site: '' };

/** A label with its field. */
export function Field({ id, label, children }) {
  return (
    <Box minWidth="size20">
      <Label htmlFor={id}>{label}</Label>
      {children}
    </Box>
  );
}

/** A list to choose from; the first means everything. */
export function Choice({ id, label, any, values, value, onChange, nameOf = (one) => one }) {
  return (
    <Field id={id} label={label}>
      <Select id={id} value={value} onChange={({ target }) => onChange(target.value)}>
        {[
          <Option key="" value="">
            {any}
          </Option>,
          ...values.map((one) => (
            <Option key={one} value={one}>
              {nameOf(one)}
            </Option>
          )),
        ]}
      </Select>
    </Field>
  );
}

/** What of the floor is shown. */
export function Filter({ teams, sites, filter, onChange }) {
  const t = useText();
  // What is chosen may have gone meanwhile.
  const withChosen = (names, chosen) => [...new Set([...names, ...(chosen ? [chosen] : [])])];
  const change = (key) => (value) => onChange({ ...filter, [key]: value });
  return (
    <Box display="flex" flexWrap="wrap" columnGap="space50" rowGap="space30" marginY="space50">
      <Field id="device-monitoring-floor-text" label={t('filterText')}>
        <Input
          id="device-monitoring-floor-text"
          type="text"
          value={filter.text}
          onChange={({ target }) => change('text')(target.value)}
        />
      </Field>
      <Choice
        id="device-monitoring-floor-team"
        label={t('team')}
        any={t('allTeams')}
        values={withChosen(teams, filter.team)}
        value={filter.team}
        onChange={change('team')}
      />
      <Choice
        id="device-monitoring-floor-site"
        label={t('site')}
        any={t('allSites')}
        values={withChosen(sites, filter.site)}
        value={filter.site}
        onChange={change('site')}
      />
    </Box>
  );
}
