import { initSync, Monitor } from './generated/monitor';
import packed from './generated/wasm';

/** Where the unpacker looks for what is packed; behind it comes what that gives (unpack/src/page.rs). */
const PACKED_AT = 65536;

/** With a loop: `Uint8Array.from` takes 7 ms longer for it. */
function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/**
 * Unpacks and starts the WebAssembly engine, and unpacks the agents' texts, which travel with it: packed, because gzip
 * does badly on base64 of what is not.
 * @returns {{Monitor: typeof Monitor, texts: {keys: string[], languages: Record<string, string[]>}}} the engine's one
 *   class, and every language's texts in the order of their keys
 */
export function loadEngine() {
  const [unpacker, base64, wasmBytes, textBytes] = packed;
  const bytes = bytesOf(base64);
  const { memory, unpack } = new WebAssembly.Instance(new WebAssembly.Module(bytesOf(unpacker))).exports;
  memory.grow(Math.ceil((bytes.length + wasmBytes + textBytes) / 65536));
  new Uint8Array(memory.buffer).set(bytes, PACKED_AT);
  unpack(bytes.length, wasmBytes + textBytes);
  const unpacked = (from, length) => new Uint8Array(memory.buffer, PACKED_AT + bytes.length + from, length);
  initSync({ module: unpacked(0, wasmBytes) });
  return { Monitor, texts: JSON.parse(new TextDecoder().decode(unpacked(wasmBytes, textBytes))) };
}
