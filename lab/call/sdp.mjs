// The little that is read and changed of an SDP that passes the lab.

const audioSection = (sdp) => sdp.split(/(?=^m=)/m).find((section) => section.startsWith('m=audio')) ?? '';

/** Hz of the RTP timestamps of the codec that is used: the first of those listed. @returns {number | undefined} */
export function clockRateOf(sdp) {
  const audio = audioSection(sdp);
  const [, payloadType] = audio.match(/^m=audio \d+ \S+ (\d+)/) ?? [];
  const [, rate] = audio.match(new RegExp(`^a=rtpmap:${payloadType} [^/]+/(\\d+)`, 'm')) ?? [];
  return rate && Number(rate);
}

/** Asks whoever reads it to stop sending packets of Opus in silence (RFC 7587, `usedtx`). */
export function withDtx(sdp) {
  const [, payloadType] = sdp.match(/^a=rtpmap:(\d+) opus\//m) ?? [];
  return sdp.replace(new RegExp(`^(a=fmtp:${payloadType} [^\\r\\n]*)`, 'm'), '$1;usedtx=1');
}
