import { useEffect, useState } from 'react';

import { inOwnTask } from '../scheduling';

/**
 * Drawing something for the first time takes longest. Where there is much, each part waits for a task of its own, and the page
 * can do something else in between.
 * @returns {boolean} whether that task has come; true from then on
 */
export function useOwnTurn() {
  const [hasCome, setHasCome] = useState(false);
  useEffect(() => {
    let isShown = true;
    inOwnTask(() => isShown && setHasCome(true));
    return () => {
      isShown = false;
    };
  }, []);
  return hasCome;
}
