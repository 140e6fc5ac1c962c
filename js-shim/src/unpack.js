/** As xtask/src/embed.rs writes it: three bits of the byte before tell what kind of byte comes; positions tell nothing. */
const LITERAL_CONTEXT = 3;
const NEVER_SEEN = 1024;
const SHORTEST_MATCH = 2;
/** After these states the byte is known to differ from the one that a match would have brought. */
const FIRST_STATE_AFTER_MATCH = 7;

const probabilities = (count) => new Uint16Array(count).fill(NEVER_SEEN);

/**
 * Reads LZMA without a header (I. Pavlov's LZMA specification, 2015): a range coder whose bits tell literals, matches
 * and repeated matches. The browser's own DecompressionStream knows nothing better than deflate, and is asynchronous.
 * @param {Uint8Array} packed
 * @param {number} size of what is unpacked
 * @returns {Uint8Array}
 */
export function unpack(packed, size) {
  const out = new Uint8Array(size);
  // Range and code, of 32 bits each. In variables they would be objects of their own at every step, which takes twice as long.
  const coder = new Uint32Array([-1, 0]);
  // The first byte is always 0.
  let at = 1;
  while (at < 5) coder[1] = (coder[1] << 8) | packed[at++];

  const narrow = () => {
    if (coder[0] < 2 ** 24) {
      coder[0] <<= 8;
      coder[1] = (coder[1] << 8) | packed[at++];
    }
  };
  const bit = (model, index) => {
    const chance = model[index];
    const bound = (coder[0] >>> 11) * chance;
    if (coder[1] < bound) {
      coder[0] = bound;
      model[index] = chance + ((2048 - chance) >> 5);
      narrow();
      return 0;
    }
    coder[0] -= bound;
    coder[1] -= bound;
    model[index] = chance - (chance >> 5);
    narrow();
    return 1;
  };
  const tree = (model, bits, start = 0) => {
    let node = 1;
    for (let count = bits; count > 0; count -= 1) node = node * 2 + bit(model, start + node);
    return node - 2 ** bits;
  };
  /** The lowest bit first. */
  const reversed = (model, bits, start) => {
    let node = 1;
    let value = 0;
    for (let place = 0; place < bits; place += 1) {
      const next = bit(model, start + node);
      node = node * 2 + next;
      value += next << place;
    }
    return value;
  };
  const even = (bits) => {
    let value = 0;
    for (let count = bits; count > 0; count -= 1) {
      coder[0] >>>= 1;
      value *= 2;
      if (coder[1] >= coder[0]) {
        coder[1] -= coder[0];
        value += 1;
      }
      narrow();
    }
    return value;
  };

  const literals = probabilities(0x300 << LITERAL_CONTEXT);
  const [isMatch, isRepeat, isRepeat0Long, isRepeat1, isRepeat2, isRepeat3] = Array.from({ length: 6 }, () => probabilities(12));
  const slots = [0, 1, 2, 3].map(() => probabilities(64));
  const distances = probabilities(128);
  const aligned = probabilities(16);
  const lengths = () => ({ choice: probabilities(2), low: probabilities(8), middle: probabilities(8), high: probabilities(256) });
  const [matches, repeats] = [lengths(), lengths()];
  const length = ({ choice, low, middle, high }) => {
    if (!bit(choice, 0)) return SHORTEST_MATCH + tree(low, 3);
    return bit(choice, 1) ? SHORTEST_MATCH + 16 + tree(high, 8) : SHORTEST_MATCH + 8 + tree(middle, 3);
  };
  const distance = (matched) => {
    const slot = tree(slots[Math.min(matched - SHORTEST_MATCH, 3)], 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = (2 + (slot % 2)) * 2 ** bits;
    if (slot < 14) return base + reversed(distances, bits, base - slot);
    return base + even(bits - 4) * 16 + reversed(aligned, 4, 0);
  };

  let state = 0;
  let recent = [0, 0, 0, 0];
  let end = 0;
  while (end < size) {
    if (!bit(isMatch, state)) {
      const start = 0x300 * ((out[end - 1] || 0) >> (8 - LITERAL_CONTEXT));
      let node = 1;
      if (state >= FIRST_STATE_AFTER_MATCH) {
        let expected = out[end - recent[0] - 1];
        do {
          const hint = expected >> 7;
          expected = (expected << 1) & 255;
          const next = bit(literals, start + ((1 + hint) << 8) + node);
          node = node * 2 + next;
          if (hint !== next) break;
        } while (node < 256);
      }
      while (node < 256) node = node * 2 + bit(literals, start + node);
      out[end++] = node;
      if (state < 4) state = 0;
      else state -= state < 10 ? 3 : 6;
      continue;
    }
    let count;
    if (!bit(isRepeat, state)) {
      count = length(matches);
      recent = [distance(count), ...recent.slice(0, 3)];
      state = state < FIRST_STATE_AFTER_MATCH ? 7 : 10;
    } else {
      let which = 0;
      if (bit(isRepeat1, state)) which = bit(isRepeat2, state) ? 2 + bit(isRepeat3, state) : 1;
      else if (!bit(isRepeat0Long, state)) count = 1;
      recent = [recent[which], ...recent.filter((_, index) => index !== which)];
      if (count) state = state < FIRST_STATE_AFTER_MATCH ? 9 : 11;
      else {
        count = length(repeats);
        state = state < FIRST_STATE_AFTER_MATCH ? 8 : 11;
      }
    }
    for (; count > 0 && end < size; count -= 1) {
      out[end] = out[end - recent[0] - 1];
      end += 1;
    }
  }
  return out;
}
