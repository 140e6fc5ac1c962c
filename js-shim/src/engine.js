import { initSync, Monitor } from './generated/monitor';
import packed from './generated/wasm';
import { unpack } from './unpack';

/**
 * Unpacks and starts the WebAssembly engine, and unpacks the agents' texts, which travel with it: packed, because gzip
 * does badly on base64 of what is not.
 * @returns {{Monitor: typeof Monitor, texts: {keys: string[], languages: Record<string, string[]>}}} the engine's one
 *   class, and every language's texts in the order of their keys
 */
export function loadEngine() {
  const [base64, wasmBytes, textBytes] = packed;
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const all = unpack(bytes, wasmBytes + textBytes);
  initSync({ module: all.subarray(0, wasmBytes) });
  return { Monitor, texts: JSON.parse(new TextDecoder().decode(all.subarray(wasmBytes))) };
}
