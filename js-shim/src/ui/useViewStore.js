import { useCallback } from 'react';
import { useSyncExternalStoreWithSelector } from 'use-sync-external-store/shim/with-selector';

/**
 * What a place shows of the store, kept up to date: never what another task's place has shown.
 * @template T
 * @param {ReturnType<import('./viewStore').createViewStore>} viewStore
 * @param {string | undefined | null} taskSid as in `viewStore.subscribe`
 * @param {() => T} read what is to be shown at this moment
 * @returns {T}
 */
export function useViewStore(viewStore, taskSid, read) {
  const subscribe = useCallback((listener) => viewStore.subscribe(listener, taskSid), [viewStore, taskSid]);
  return useSyncExternalStoreWithSelector(subscribe, viewStore.version, undefined, read);
}
