import { ListItem, UnorderedList } from '@twilio-paste/core/list';
import React from 'react';

import { useText } from '../text';

const shown = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

/** What a change changes, in words. @param {{difference: {property: string, before: unknown, after: unknown}[]}} props */
export function Difference({ difference }) {
  const t = useText();
  const valueOf = (value) => (value === undefined ? t('notSet') : shown(value));
  return (
    <UnorderedList marginBottom="space0">
      {difference.map(({ property, before, after }) => (
        <ListItem key={property}>{t('fromTo', { property, before: valueOf(before), after: valueOf(after) })}</ListItem>
      ))}
    </UnorderedList>
  );
}
