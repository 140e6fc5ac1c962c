// What kind of packet shares the one UDP port of a WebRTC call (RFC 7983, RFC 5761), and the two RTP header fields the truth needs.

/**
 * @param {Buffer} packet
 * @returns {'stun'|'dtls'|'rtp'|'rtcp'|'other'}
 */
export function kindOf(packet) {
  const first = packet[0];
  if (first <= 3) return 'stun';
  if (first >= 20 && first <= 63) return 'dtls';
  if (first >= 128 && first <= 191) {
    const type = packet[1];
    return type >= 192 && type <= 223 ? 'rtcp' : 'rtp';
  }
  return 'other';
}

/** @returns {{timestamp: number, ssrc: number} | undefined} */
export function rtpHeader(packet) {
  if (packet.length < 12) return undefined;
  return { timestamp: packet.readUInt32BE(4), ssrc: packet.readUInt32BE(8) };
}
