import * as Flex from '@twilio/flex-ui';
import React from 'react';

/** All our texts have keys that begin so. */
const OURS = /^DeviceMonitoring/;

/**
 * What goes into a place: a text of ours if it is the key of one. It may also be a name that somebody has given to a device,
 * and Flex's templates have what every object of JavaScript has.
 * @param {string} value
 */
const filling = (value) => (OURS.test(value) ? Flex.templates[value]?.() : undefined) ?? value;

/**
 * One text of `manager.strings`, filled and escaped by Flex's own templates. What goes into a place may be the key of a
 * text in its turn.
 * @param {{text: {key: string, params?: Record<string, string>} | null}} props
 */
function Text({ text }) {
  const source = text && Flex.templates[text.key];
  if (!source) return null;
  const filled = Object.entries(text.params ?? {}).map(([place, value]) => [place, filling(value)]);
  return <Flex.Template source={source} {...Object.fromEntries(filled)} />;
}

const MemoisedText = React.memo(Text);
export { MemoisedText as Text };

/** @returns {string} a text without places, as it is */
export const plainText = (key) => Flex.templates[key]?.() ?? '';

/** @returns {{key: string}} what to do about what a text says, if there is such a text */
export const adviceOf = ({ key }) => ({ key: `${key}Advice` });
