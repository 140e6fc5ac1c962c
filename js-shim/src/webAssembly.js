/**
 * Unpacks what `cargo xtask build` has put into a bundle: WebAssembly, gzipped and in base64.
 * @param {string} base64
 * @returns {Promise<ArrayBuffer>}
 */
export function unpackWebAssembly(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  // `Uint8Array.from` takes several milliseconds longer, on the page's thread.
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = text.charCodeAt(index);
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(unpacked).arrayBuffer();
}
