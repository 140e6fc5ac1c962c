import { useSyncExternalStore } from 'use-sync-external-store/shim';

import { floorStoreOf } from './store';

/**
 * @typedef {object} FloorInView
 * @property {ReturnType<typeof floorStoreOf>} store
 * @property {import('../engine').Floor} engine
 * @property {import('./store').FloorState} state
 */

/**
 * The floor, kept up to date with what comes while the component is there.
 * @param {object} access
 * @returns {FloorInView}
 */
export function useFloor(access) {
  const store = floorStoreOf(access);
  const state = useSyncExternalStore(store.subscribe, store.read);
  return { store, engine: store.engine, state };
}

/**
 * The same, and drawn again each second: for what shows how long something has lasted.
 * @param {object} access
 * @returns {FloorInView}
 */
export function useFloorEachSecond(access) {
  const store = floorStoreOf(access);
  const state = useSyncExternalStore(store.subscribe, store.readEachSecond);
  return { store, engine: store.engine, state };
}
