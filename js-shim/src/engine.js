import { initSync, Monitor } from './generated/monitor';
import packed from './generated/wasm';

/**
 * Unpacks and starts the WebAssembly engine. The bytes travel deflated because gzip does badly on
 * base64 of plain wasm.
 * @returns {Promise<typeof Monitor>} the engine's one class
 */
export async function loadEngine() {
  initSync({ module: await inflate(packed) });
  return Monitor;
}

async function inflate(base64) {
  const deflated = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new DecompressionStream('deflate-raw');
  const writer = stream.writable.getWriter();
  // Damaged bytes reject here and at the reader; the reader's rejection is the one that is awaited.
  writer.write(deflated).catch(() => {});
  writer.close().catch(() => {});

  const chunks = [];
  let length = 0;
  const reader = stream.readable.getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    chunks.push(step.value);
    length += step.value.length;
  }
  const bytes = new Uint8Array(length);
  chunks.reduce((offset, chunk) => {
    bytes.set(chunk, offset);
    return offset + chunk.length;
  }, 0);
  return bytes;
}
