// Twilio's voice signalling server, as the Voice SDK talks to it over its WebSocket. It knows no media:
// the far end writes and reads the SDP.
import { setTimeout as sleep } from 'node:timers/promises';

const KEEPALIVE_MS = 5000; // the client gives the connection up after about 15 s of silence
const RINGING_MS = 500;
const PROTOCOL_VERSION = '1.6';

export class VoiceSignalling {
  #world;
  #sockets = new Set();
  #down = false;
  #unregistered; // sockets that wait for their registration, while it is held back

  /**
   * @param {import('./world.mjs').World} world
   * @param {object} farEnd what plays the other side of the media
   * @param {(task) => Promise<string>} farEnd.offer a new call's SDP offer
   * @param {(task, sdp: string) => Promise<void>} farEnd.answered the agent's answer to it
   * @param {(call, sdp: string) => Promise<string>} farEnd.answer the agent's own offer, for a call that the browser makes
   * @param {(task, sdp: string) => Promise<string>} farEnd.renegotiate the agent offers anew (ICE restart); gives the answer
   * @param {{log?: (...words: unknown[]) => void}} [options]
   */
  constructor(world, farEnd, { log = () => {} } = {}) {
    this.#world = world;
    this.farEnd = farEnd;
    this.log = log;
    world.on('hangup', (task, by) => {
      if (by !== 'agent') this.#broadcast('hangup', { callsid: task.callSid });
    });
  }

  connect(socket) {
    if (this.#down) {
      socket.close();
      return;
    }
    this.#sockets.add(socket);
    const keepalive = setInterval(() => socket.send('\n'), KEEPALIVE_MS);
    socket.onClose(() => {
      clearInterval(keepalive);
      this.#sockets.delete(socket);
    });
    socket.onMessage((data) => {
      const text = String(data);
      // The client's answer to a keepalive. Answered again, it would go back and forth without end and take half a processor.
      if (!text.trim()) return;
      const { type, payload = {} } = JSON.parse(text);
      this.log('voice', type, payload.callsid ?? '');
      this.#received(socket, type, payload).catch((error) => this.log('voice failed:', type, error.message));
    });
  }

  /** The way to here is lost, and found again after so long. Media goes another way. */
  async goAway(ms) {
    this.#down = true;
    for (const socket of this.#sockets) socket.close();
    await sleep(ms);
    this.#down = false;
  }

  /** Rings the agent's device with a call that the agent has a reservation for, or has asked for to listen in. */
  async invite(task) {
    const { sids, worker } = this.#world;
    const sdp = await this.farEnd.offer(task);
    const parameters = {
      AccountSid: sids.account,
      CallSid: task.callSid,
      From: task.from,
      To: `client:${worker.identity}`,
      StirStatus: 'TN-Validation-Passed-A',
      Params: '',
    };
    this.#broadcast('invite', { callsid: task.callSid, sdp, parameters, reconnect: `reconnect ${task.callSid}` });
  }

  /** From now on no Device gets registered. */
  holdRegistrations() {
    this.#unregistered ??= new Set();
  }

  /** Those that wait are, and all others at once. */
  releaseRegistrations() {
    for (const socket of this.#unregistered ?? []) this.#send(socket, 'ready', {});
    this.#unregistered = undefined;
  }

  /** The caller hangs up before the agent's device has taken the call. */
  cancel(task) {
    this.#broadcast('cancel', { callsid: task.callSid });
  }

  async #received(socket, type, payload) {
    const { worker } = this.#world;
    const task = payload.callsid && this.#world.taskOfCall(payload.callsid);
    if (type === 'listen') {
      this.#send(socket, 'connected', {
        region: 'us1',
        edge: 'ashburn',
        home: 'us1',
        gateway: 'lab',
        token: { identity: worker.identity, ttl: 8 * 3600 },
      });
    } else if (type === 'register') {
      if (this.#unregistered) this.#unregistered.add(socket);
      else this.#send(socket, 'ready', {});
    } else if (type === 'invite' && payload.reconnect) {
      this.#send(socket, 'answer', { callsid: payload.callsid, reconnect: payload.reconnect });
    } else if (type === 'invite') {
      await this.#dialled(socket, payload);
    } else if (type === 'answer' && task) {
      await this.farEnd.answered(task, payload.sdp);
      if (task.monitored) this.#world.joinMonitored(task);
      else this.#world.advance(task, 'accepted');
    } else if (type === 'reinvite' && task) {
      this.#send(socket, 'answer', { callsid: task.callSid, sdp: await this.farEnd.renegotiate(task, payload.sdp) });
    } else if (type === 'hangup' && task) {
      this.#world.endCall(task, 'agent');
    } else if (type === 'reject' && task) {
      this.#world.advance(task, 'rejected');
    }
  }

  /** A call that the browser makes has no CallSid until it rings. */
  async #dialled(socket, { sdp, twilio }) {
    const call = this.#world.dialDirectly(new URLSearchParams(twilio?.params).get('To') ?? undefined);
    const answer = await this.farEnd.answer(call, sdp);
    this.#send(socket, 'ringing', { callsid: call.callSid });
    await sleep(RINGING_MS);
    this.#send(socket, 'answer', { callsid: call.callSid, sdp: answer });
  }

  #broadcast(type, payload) {
    for (const socket of this.#sockets) this.#send(socket, type, payload);
  }

  #send(socket, type, payload) {
    socket.send(JSON.stringify({ type, payload, version: PROTOCOL_VERSION }));
  }
}
