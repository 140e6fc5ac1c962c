import * as Flex from '@twilio/flex-ui';
import React from 'react';

/**
 * One text of `manager.strings`, filled and escaped by Flex's own templates.
 * @param {{text: {key: string, params?: Record<string, string>} | null}} props
 */
export function Text({ text }) {
  const source = text && Flex.templates[text.key];
  return source ? <Flex.Template source={source} {...text.params} /> : null;
}
