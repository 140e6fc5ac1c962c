import { initSync, Monitor } from './generated/monitor';
import packed from './generated/wasm';
import { unpacked } from './unpacked';

/**
 * Unpacks and starts the WebAssembly engine, and unpacks the agents' texts, which travel with it.
 * @returns {{Monitor: typeof Monitor, texts: {keys: string[], languages: Record<string, string[]>}}} the engine's one
 *   class, and every language's texts in the order of their keys
 */
export function loadEngine() {
  const { wasm, texts } = unpacked(packed);
  initSync({ module: wasm });
  return { Monitor, texts: JSON.parse(new TextDecoder().decode(texts)) };
}
