import { useEffect, useState } from 'react';

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
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `read` is another function each time, and reads the same
  }, [views, taskSid]);
  return shown;
}
