// A UDP relay on 127.0.0.1 between the agent's browser ("near") and the far end ("far") of one call.
// The agent's browser may be at other addresses of this machine (hosts), and nothing that comes from elsewhere passes.
// Each port of a peer has a relay port that stands for it on the other side, so a port that appears later
// (ICE restart, peer-reflexive) gets one too and nothing goes around the relay.
import dgram from 'node:dgram';
import { EventEmitter } from 'node:events';
import { Direction } from './impairment.mjs';
import { readMoments } from './link.mjs';
import { kindOf } from './packet-kind.mjs';
import { Truth } from './truth.mjs';

const HOST = '127.0.0.1';
const now = () => performance.now();
const otherSide = { near: 'far', far: 'near' };

/** Emits `second` with `{down, up}` once a second. */
export class Relay extends EventEmitter {
  #standIns = new Map(); // a peer's address and port -> {socket, peerPort, side, port}, the port once there is one
  #waiting = []; // packets under way, soonest first
  #timer;
  #ticker;
  #closed = false;
  #near;
  #nearHost;

  /**
   * @param {object} options
   * @param {() => number} [options.random]
   * @param {number} [options.clockRate] of the RTP timestamps, Hz
   * @param {(address: string, port: number) => boolean} [options.near] whether the agent's browser may be there
   * @param {string} [options.nearHost] the relay's own address to that browser, one of this machine's
   */
  constructor({ random = Math.random, clockRate = 8000, near = (address) => address === HOST, nearHost = HOST } = {}) {
    super();
    this.#near = near;
    this.#nearHost = nearHost;
    this.up = new Direction(random, (link) => readMoments(`${link}.up`));
    this.down = new Direction(random, (link) => readMoments(`${link}.down`));
    this.truth = new Truth(clockRate);
    this.#ticker = setInterval(() => this.emit('second', this.truth.take()), 1000);
    this.#ticker.unref();
  }

  /**
   * @param {'up'|'down'|'both'} direction up is agent to Twilio
   * @param {import('./impairment.mjs').Impairment} impairment replaces the one in force; {} is a healthy network
   */
  set(direction, impairment) {
    if (!['up', 'down', 'both'].includes(direction))
      throw new Error(`a direction is up, down or both, not "${direction}"`);
    for (const name of direction === 'both' ? ['up', 'down'] : [direction]) this[name].set(impairment);
  }

  /**
   * The relay's port that stands for a peer's port.
   * @param {number} peerPort
   * @param {'near'|'far'} side on which that peer is
   * @param {string} [address] of that peer
   * @returns {Promise<number>}
   */
  async portFor(peerPort, side, address = HOST) {
    return this.#standInFor(peerPort, side, address).port;
  }

  /**
   * An SDP whose candidates point to the relay instead of the peer that wrote it. Only UDP from where the peer may be stays,
   * and nothing once the call has ended: whoever hangs up early does so between offer and answer.
   * @param {string} sdp
   * @param {'near'|'far'} side that wrote it
   */
  async rewrite(sdp, side) {
    const lines = [];
    for (const line of sdp.split(/\r?\n/)) {
      if (!line.startsWith('a=candidate:')) {
        lines.push(line);
        continue;
      }
      const [foundation, component, transport, priority, address, port] = line.slice('a=candidate:'.length).split(' ');
      if (transport.toLowerCase() !== 'udp' || !this.#mayBeAt(side, address, Number(port))) continue;
      const standIn = await this.portFor(Number(port), side, address);
      lines.push(
        `a=candidate:${foundation} ${component} ${transport} ${priority} ${this.#hostFor(side)} ${standIn} typ host generation 0`,
      );
    }
    return lines.join('\r\n');
  }

  close() {
    this.#closed = true;
    clearInterval(this.#ticker);
    clearTimeout(this.#timer);
    this.#waiting = [];
    for (const { socket } of this.#standIns.values()) socket.close();
    this.#standIns.clear();
  }

  /** Where what stands for a peer of this side is: it speaks to the other side. */
  #hostFor(side) {
    return side === 'far' ? this.#nearHost : HOST;
  }

  #mayBeAt(side, address, port) {
    if (this.#closed) return false;
    return side === 'near' ? this.#near(address, port) : address === HOST;
  }

  #standInFor(peerPort, side, peerAddress) {
    const key = `${peerAddress}:${peerPort}`;
    const known = this.#standIns.get(key);
    if (known) return known;
    const socket = dgram.createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
    const standIn = { socket, peerPort, peerAddress, side };
    standIn.port = new Promise((resolve, reject) => {
      socket.on('error', reject);
      socket.bind(0, this.#hostFor(side), () => resolve(socket.address().port));
    });
    socket.on('message', (packet, sender) => this.#received(standIn, packet, sender));
    this.#standIns.set(key, standIn);
    return standIn;
  }

  /** A packet of a peer, sent to the port that stands for `target`. */
  #received(target, packet, { address, port }) {
    if (!this.#mayBeAt(otherSide[target.side], address, port)) return;
    const name = target.side === 'far' ? 'up' : 'down';
    const kind = kindOf(packet);
    const at = now();
    this.truth[name].arrived(kind);
    const due = this[name].dueAt(kind, at, packet.length);
    if (due === null) {
      this.truth[name].lost(kind);
      return;
    }
    const source = this.#standInFor(port, otherSide[target.side], address);
    this.#enqueue({ due, at, name, kind, packet, source, target });
    this.#flush();
  }

  #enqueue(item) {
    // From the back: packets come nearly in the order in which they leave.
    let index = this.#waiting.length;
    while (index > 0 && this.#waiting[index - 1].due > item.due) index -= 1;
    this.#waiting.splice(index, 0, item);
  }

  #flush() {
    clearTimeout(this.#timer);
    const at = now();
    let count = 0;
    while (count < this.#waiting.length && this.#waiting[count].due <= at + 0.5) count += 1;
    for (const item of this.#waiting.splice(0, count)) this.#send(item);
    if (this.#waiting.length) this.#timer = setTimeout(() => this.#flush(), Math.max(0, this.#waiting[0].due - now()));
  }

  async #send({ at, name, kind, packet, source, target }) {
    await source.port;
    if (this.#closed) return;
    const sent = now();
    this.truth[name].left(kind, packet, sent, sent - at);
    source.socket.send(packet, target.peerPort, target.peerAddress);
  }
}
