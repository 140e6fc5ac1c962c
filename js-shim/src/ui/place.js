import * as Flex from '@twilio/flex-ui';
import React, { useEffect, useState } from 'react';

import { Boundary } from './Boundary';

/**
 * A component of ours as Flex takes it onto one of its pages: with Flex's theme, and leaving the page alone if it fails.
 * @param {React.ComponentType} Component
 * @param {string} name for the console
 * @param {object} given properties beside those that Flex hands to it
 */
export function inPlace(Component, name, given) {
  const Themed = Flex.withTheme(Component);
  return (props) => (
    <Boundary name={name}>
      <Themed {...props} {...given} />
    </Boundary>
  );
}

/**
 * What a place shows of the views, kept up to date.
 * @template T
 * @param {ReturnType<import('./views').createViews>} views
 * @param {string | undefined | null} taskSid as in `views.subscribe`
 * @param {() => T} read what is to be shown at this moment
 * @returns {T}
 */
export function useViews(views, taskSid, read) {
  const [shown, setShown] = useState(read);
  useEffect(() => {
    const update = () => setShown(read());
    update();
    return views.subscribe(update, taskSid);
  }, [views, taskSid]);
  return shown;
}
