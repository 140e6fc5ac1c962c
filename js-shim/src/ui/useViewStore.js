import { useCallback } from 'react';
import { useSyncExternalStoreWithSelector } from 'use-sync-external-store/shim/with-selector';

/**
 * What a place shows of the views, kept up to date: never what another task's place has shown.
 * @template T
 * @param {ReturnType<import('./views').createViews>} views
 * @param {string | undefined | null} taskSid as in `views.subscribe`
 * @param {() => T} read what is to be shown at this moment
 * @returns {T}
 */
export function useViews(views, taskSid, read) {
  const subscribe = useCallback((listener) => views.subscribe(listener, taskSid), [views, taskSid]);
  return useSyncExternalStoreWithSelector(subscribe, views.version, undefined, read);
}
