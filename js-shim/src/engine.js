import init, { Monitor } from './generated/monitor';
import packed from './generated/wasm';
import { unpackWebAssembly } from './webAssembly';

/**
 * Compiles and starts the WebAssembly engine, beside the page's thread.
 * @returns {Promise<typeof Monitor>} the engine's one class
 */
export async function loadEngine() {
  await init({ module_or_path: unpackWebAssembly(packed) });
  return Monitor;
}
