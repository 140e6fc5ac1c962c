import { useSyncExternalStore } from 'use-sync-external-store/shim';

import { floorStoreOf } from './store';

/**
 * The floor, kept up to date while the component is there.
 * @param {object} access
 * @returns {{store: ReturnType<typeof floorStoreOf>, engine: import('../engine').Floor,
 *   state: import('./store').FloorState}}
 */
export function useFloor(access) {
  const store = floorStoreOf(access);
  const state = useSyncExternalStore(store.subscribe, store.read);
  return { store, engine: store.engine, state };
}
