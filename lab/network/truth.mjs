// What really passed the relay, second by second and per direction: the measure for whatever claims to have noticed it.
import { rtpHeader } from './packet-kind.mjs';

const emptyCounts = () => ({ rtpIn: 0, rtpOut: 0, rtpDrop: 0, rtcp: 0, stun: 0, drop: 0, out: 0, delaySum: 0 });
const round = (value) => Math.round(value * 10) / 10;

class DirectionTruth {
  #counts = emptyCounts();
  #clockRate;
  #jitter; // RFC 3550, at the relay's output

  constructor(clockRate) {
    this.#clockRate = clockRate;
  }

  setClockRate(clockRate) {
    this.#clockRate = clockRate;
    this.#jitter = undefined;
  }

  arrived(kind) {
    if (kind === 'rtp') this.#counts.rtpIn += 1;
    else if (kind === 'rtcp' || kind === 'stun') this.#counts[kind] += 1;
  }

  lost(kind) {
    this.#counts.drop += 1;
    if (kind === 'rtp') this.#counts.rtpDrop += 1;
  }

  left(kind, packet, now, delayMs) {
    this.#counts.out += 1;
    this.#counts.delaySum += delayMs;
    if (kind !== 'rtp') return;
    this.#counts.rtpOut += 1;
    const header = rtpHeader(packet);
    if (!header) return;
    const last = this.#jitter;
    let value = 0;
    if (last && last.ssrc === header.ssrc) {
      const media = (((header.timestamp - last.timestamp) | 0) / this.#clockRate) * 1000;
      value = last.value + (Math.abs(now - last.at - media) - last.value) / 16;
    }
    this.#jitter = { ...header, at: now, value };
  }

  take() {
    const { out, delaySum, ...counts } = this.#counts;
    this.#counts = emptyCounts();
    return {
      ...counts,
      delayMs: out ? round(delaySum / out) : null,
      jitterMs: this.#jitter ? round(this.#jitter.value) : null,
    };
  }
}

/** `up` is agent to Twilio, `down` is Twilio to agent. */
export class Truth {
  /** @param {number} clockRate of the RTP timestamps in Hz: 8000 for PCMU, 48000 for opus */
  constructor(clockRate = 8000) {
    this.up = new DirectionTruth(clockRate);
    this.down = new DirectionTruth(clockRate);
  }

  /** The codec has been agreed on. @param {number | undefined} clockRate Hz; undefined changes nothing */
  setClockRate(clockRate) {
    if (clockRate) for (const direction of [this.up, this.down]) direction.setClockRate(clockRate);
  }

  /** What passed since the last time it was asked. */
  take() {
    return { down: this.down.take(), up: this.up.take() };
  }
}
