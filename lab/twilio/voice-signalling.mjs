// Twilio's voice signalling server, as the Voice SDK talks to it over its WebSocket. It knows no media:
// the far end writes and reads the SDP.
import { setTimeout as sleep } from 'node:timers/promises';
import { UntrustedToken, grantOf } from './access-token.mjs';

const KEEPALIVE_MS = 5000; // the client gives the connection up after about 15 s of silence
const RINGING_MS = 500;
const PROTOCOL_VERSION = '1.6';

export class VoiceSignalling {
  #world;
  /** Socket → what its token lets it do; undefined until it has shown one. */
  #sockets = new Map();
  #down = false;
  #unregistered; // sockets that wait for their registration, while it is held back
  /** Twilio's edge that Devices are told to be connected to. */
  edge = 'ashburn';
  /** How long a connection takes to open, ms, but for what the machine needs. */
  opensAfterMs = 0;

  /**
   * @param {import('./world.mjs').World} world
   * @param {object} farEnd what plays the other side of the media
   * @param {(task) => Promise<string>} farEnd.offer a new call's SDP offer
   * @param {(task, sdp: string) => Promise<void>} farEnd.answered the agent's answer to it
   * @param {(call, sdp: string) => Promise<string>} farEnd.answer the agent's own offer, for a call that the browser makes
   * @param {(task, sdp: string) => Promise<string>} farEnd.renegotiate the agent offers anew (ICE restart); gives the answer
   * @param {{log?: (...words: unknown[]) => void, apps?: import('./access-token.mjs').TwimlApps}} [options] apps: which
   *   tokens of the account's API keys may call which TwiML app
   */
  constructor(world, farEnd, { log = () => {}, apps } = {}) {
    this.#world = world;
    this.apps = apps;
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
    this.#sockets.set(socket, undefined);
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
    this.leave();
    await sleep(ms);
    this.comeBack();
  }

  /** The way to here is lost until `comeBack`. */
  leave() {
    this.#down = true;
    for (const socket of this.#sockets.keys()) socket.close();
  }

  comeBack() {
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
    const task = payload.callsid && this.#world.taskOfCall(payload.callsid);
    if (type === 'listen') {
      this.#listen(socket, payload);
    } else if (type === 'register') {
      if (this.#unregistered) this.#unregistered.add(socket);
      else this.#send(socket, 'ready', {});
    } else if (type === 'invite' && payload.reconnect) {
      this.#send(socket, 'answer', { callsid: payload.callsid, reconnect: payload.reconnect });
    } else if (type === 'invite' && this.#sockets.get(socket)?.app) {
      await this.#calledApp(socket, payload);
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

  /** Twilio goes by what the token says, and lets nobody in whose token it has not signed. */
  #listen(socket, { token }) {
    const { worker } = this.#world;
    try {
      const grant = grantOf(token, { identity: worker.identity, apps: this.apps });
      this.#sockets.set(socket, grant);
      this.#send(socket, 'connected', {
        region: 'us1',
        edge: this.edge,
        home: 'us1',
        gateway: 'lab',
        token: { identity: grant.identity, ttl: grant.ttl },
      });
    } catch (error) {
      if (!(error instanceof UntrustedToken)) throw error;
      this.#send(socket, 'error', { error: { code: 20101, message: error.message } });
    }
  }

  /** A call to a TwiML app: its Voice URL says what becomes of it. Here that can only be a pause. */
  async #calledApp(socket, { callsid: connectionId, sdp }) {
    const { identity, app } = this.#sockets.get(socket);
    const call = this.#world.callApp({ identity, app, connectionId });
    const twiml = await (await fetch(this.apps.voiceUrl(), { method: 'POST' })).text();
    const [, seconds] = twiml.match(/^<\?xml[^>]*><Response><Pause length="(\d+)"\/><\/Response>$/) ?? [];
    if (!seconds) throw new Error(`TwiML that is not understood: ${twiml}`);
    const answer = await this.farEnd.answer(call, sdp);
    this.#send(socket, 'answer', { callsid: call.callSid, sdp: answer });
    const isOver = sleep(Number(seconds) * 1000, undefined, { ref: false });
    isOver.then(() => {
      if (call.reservationStatus !== 'accepted') return;
      this.#world.endCall(call, 'agent');
      this.#send(socket, 'hangup', { callsid: call.callSid });
    });
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
    for (const [socket, grant] of this.#sockets) if (grant?.isIncoming) this.#send(socket, type, payload);
  }

  #send(socket, type, payload) {
    socket.send(JSON.stringify({ type, payload, version: PROTOCOL_VERSION }));
  }
}
