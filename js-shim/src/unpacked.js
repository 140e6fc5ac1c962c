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
 * What `cargo xtask build` has packed, because gzip does badly on base64 of what is not.
 * @param {[string, string, number, number]} packed the WebAssembly that unpacks, and what is packed, both in base64; how
 *   many bytes of WebAssembly and then of texts that is
 * @returns {{wasm: Uint8Array, texts: Uint8Array}}
 */
export function unpacked([unpacker, base64, wasmBytes, textBytes]) {
  const bytes = bytesOf(base64);
  const { memory, unpack } = new WebAssembly.Instance(new WebAssembly.Module(bytesOf(unpacker))).exports;
  memory.grow(Math.ceil((bytes.length + wasmBytes + textBytes) / 65536));
  new Uint8Array(memory.buffer).set(bytes, PACKED_AT);
  unpack(bytes.length, wasmBytes + textBytes);
  const part = (from, length) => new Uint8Array(memory.buffer, PACKED_AT + bytes.length + from, length);
  return { wasm: part(0, wasmBytes), texts: part(wasmBytes, textBytes) };
}
