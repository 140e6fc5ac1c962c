import { log } from './log';

/**
 * Wraps a callback that Flex or the Voice SDK will call: an exception of ours ends here.
 * @template {(...args: any[]) => any} F
 * @param {string} name where it happened, for the console
 * @param {F} callback
 * @returns {(...args: Parameters<F>) => ReturnType<F> | undefined}
 */
export function guarded(name, callback) {
  return (...args) => {
    try {
      return callback(...args);
    } catch (error) {
      log.errorOnce(name, `${name} failed; Flex and the call go on.`, error);
      return undefined;
    }
  };
}
