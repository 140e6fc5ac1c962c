/**
 * Reads a stream of bytes to its end, unless it has more than anybody needs.
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} stream
 * @param {number} most so many bytes are read
 * @returns {Promise<Blob | undefined>} undefined: it has more, and the rest of it is not read
 */
export async function readStream(stream, most) {
  const reader = stream.getReader();
  const parts = [];
  let bytes = 0;
  /* eslint-disable no-await-in-loop -- the pieces of a stream come one after the other */
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    bytes += read.value.byteLength;
    if (bytes > most) {
      await reader.cancel();
      return undefined;
    }
    parts.push(read.value);
  }
  /* eslint-enable no-await-in-loop */
  return new Blob(parts);
}
