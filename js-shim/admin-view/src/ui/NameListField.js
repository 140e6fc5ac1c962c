import { Box } from '@twilio-paste/core/box';
import { HelpText } from '@twilio-paste/core/help-text';
import { Label } from '@twilio-paste/core/label';
import { TextArea } from '@twilio-paste/core/textarea';
import React, { useState } from 'react';

import { linesOf, namesIn } from '../nameList';

/**
 * A list of names, one on each line.
 * @param {object} props
 * @param {string} props.name
 * @param {string} props.label
 * @param {string} props.help
 * @param {unknown} props.value what is written
 * @param {(names: unknown[] | null) => void} props.onChange null: there are none
 */
export function Names({ name, label, help, value, onChange }) {
  // With what was written before: an entry that is no text is none either when its line has been typed once more.
  const [draft, setDraft] = useState(/** @type {{typed: string, written: unknown} | undefined} */ (undefined));
  const id = `device-monitoring-${name}`;
  const type = ({ target: { value: typed } }) => {
    const written = draft ? draft.written : value;
    setDraft({ typed, written });
    onChange(namesIn(typed, written));
  };
  return (
    <Box data-testid={`device-monitoring-admin-view-${name}`} marginBottom="space60">
      <Label htmlFor={id}>{label}</Label>
      <TextArea
        id={id}
        aria-describedby={`${id}-help`}
        value={draft?.typed ?? linesOf(value)}
        onChange={type}
        onBlur={() => setDraft(undefined)}
      />
      <HelpText id={`${id}-help`}>{help}</HelpText>
    </Box>
  );
}
