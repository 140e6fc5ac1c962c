// TaskRouter as the browser sees it: REST calls tunnelled through POST event-bridge/v1/wschannels as {url, method, params},
// and a WebSocket that carries events.
const HEARTBEAT_MS = 10_000;

const EVENTS = {
  pending: 'reservation.created',
  accepted: 'reservation.accepted',
  wrapping: 'reservation.wrapup',
  completed: 'reservation.completed',
  canceled: 'reservation.canceled',
  rejected: 'reservation.rejected',
  rescinded: 'reservation.rescinded',
};

const seconds = (ms) => Math.floor(ms / 1000);

export class TaskRouter {
  #world;
  #sockets = new Set();

  /**
   * @param {import('./world.mjs').World} world
   * @param {{log?: (...words: unknown[]) => void}} [options]
   */
  constructor(world, { log = () => {} } = {}) {
    this.#world = world;
    this.log = log;
    /**
     * Asked to bring the call to the worker. The Voice server does that.
     * @type {(task: object) => void}
     */
    this.onConference = () => {};
    /**
     * Asked to let the worker, a supervisor, listen in to a colleague's call. The Voice server does that.
     * @type {(task: object) => void}
     */
    this.onSupervise = () => {};
    world.on('task', (task) => this.#send(EVENTS[task.reservationStatus], this.reservation(task)));
  }

  /** @param {{send(data: string): void, onClose(handler: () => void): void}} socket */
  connect(socket) {
    const { sids, worker } = this.#world;
    this.#sockets.add(socket);
    const heartbeat = setInterval(() => socket.send(' '), HEARTBEAT_MS);
    socket.onClose(() => {
      clearInterval(heartbeat);
      this.#sockets.delete(socket);
    });
    const payload = {
      account_sid: sids.account,
      workspace_sid: sids.workspace,
      channel_id: worker.sid,
      token_lifetime: 8 * 3600e3,
    };
    setTimeout(() => socket.send(JSON.stringify({ event_type: 'init', payload })), 0);
  }

  #send(eventType, payload) {
    this.log('taskrouter event', eventType, payload.sid);
    for (const socket of this.#sockets) socket.send(JSON.stringify({ event_type: eventType, payload }));
  }

  /**
   * One tunnelled REST call.
   * @param {{url: string, method: string, params?: Record<string, string>}} request
   * @returns {{payload: object}}
   */
  rest({ url, method, params = {} }) {
    const { pathname } = new URL(url, 'https://taskrouter.twilio.com');
    const path = pathname.replace(/^.*\/Workspaces\/[^/]+\//, '');
    this.log('taskrouter', method, path, JSON.stringify(params));
    const payload = method === 'GET' ? this.#read(path) : this.#write(path, params);
    if (payload === undefined) this.log('taskrouter: nobody answers', method, path);
    return { payload: payload ?? {} };
  }

  #read(path) {
    const world = this.#world;
    const [collection, sid, nested, nestedSid] = path.split('/');
    const list = (contents) => ({ contents, after_sid: null });
    if (/\/Interactions\/[^/]+\/Channels$/.test(path)) return list([]); // a call is not an interaction of Conversations
    if (collection === 'Activities') return list(world.activities.map((activity) => this.#activity(activity)));
    if (collection === 'TaskQueues') return list([]);
    if (collection === 'Workers' && !sid) return list([this.#worker()]);
    if (collection === 'Workers' && !nested) return this.#worker();
    if (/Channels$/.test(nested ?? '')) return list([this.#voiceChannel()]);
    if (nested === 'Reservations') {
      if (!nestedSid) return list(world.openTasks().map((task) => this.reservation(task)));
      return this.#ifFound(world.taskOfReservation(nestedSid), (task) => this.reservation(task));
    }
    if (collection === 'Tasks' && sid) return this.#ifFound(world.tasks.get(sid), (task) => this.#task(task));
    return undefined;
  }

  #write(path, params) {
    const world = this.#world;
    const [collection, sid, nested, nestedSid] = path.split('/');
    if (collection === 'Workers' && !nested) {
      const activity = world.activities.find((candidate) => candidate.sid === params.ActivitySid);
      if (activity) world.worker.activity = activity;
      return this.#worker();
    }
    if (nested === 'Reservations' && nestedSid)
      return this.#ifFound(world.taskOfReservation(nestedSid), (task) => this.#act(task, params));
    if (nested === 'CustomerParticipant' || nested === 'WorkerParticipant') {
      return this.#ifFound(
        world.tasks.get(params.TaskSid) ?? world.taskOfReservation(params.ReservationSid),
        (task) => {
          const isTrue = (value) => String(value) === 'true';
          const change = {};
          if (params.Hold !== undefined) change.hold = isTrue(params.Hold);
          if (params.Muted !== undefined) change.muted = isTrue(params.Muted);
          world.updateParticipant(task, nested === 'CustomerParticipant' ? 'customer' : 'worker', change);
          return this.#task(task);
        },
      );
    }
    if (collection === 'Tasks' && sid) return this.#ifFound(world.tasks.get(sid), (task) => this.#task(task));
    return undefined;
  }

  /** What a worker does with a reservation: take the call, wrap up, complete, reject. */
  #act(task, { Instruction: instruction, ReservationStatus: status }) {
    if (instruction === 'conference') this.onConference(task);
    else if (instruction === 'supervise') this.onSupervise(task);
    else if (instruction === 'reject') this.#world.advance(task, 'rejected');
    else if (status) this.#world.advance(task, status);
    return this.reservation(task);
  }

  #ifFound(task, describe) {
    return task && describe(task);
  }

  #common(createdAt = Date.now(), updatedAt = createdAt) {
    const { sids } = this.#world;
    return {
      account_sid: sids.account,
      workspace_sid: sids.workspace,
      date_created: seconds(createdAt),
      date_updated: seconds(updatedAt),
    };
  }

  #activity({ sid, name, available }) {
    return { ...this.#common(), sid, friendly_name: name, available };
  }

  #worker() {
    const { worker } = this.#world;
    const attributes = {
      full_name: worker.name,
      contact_uri: `client:${worker.identity}`,
      roles: worker.roles,
      ...(worker.team && { team_name: worker.team }),
      email: 'robin@example.com',
    };
    return {
      ...this.#common(),
      sid: worker.sid,
      friendly_name: worker.identity,
      attributes: JSON.stringify(attributes),
      version: '1',
      activity_sid: worker.activity.sid,
      activity_name: worker.activity.name,
      available: worker.activity.available,
      date_status_changed: seconds(Date.now()),
    };
  }

  #voiceChannel() {
    const { sids, worker } = this.#world;
    return {
      ...this.#common(),
      sid: worker.channelSid,
      worker_sid: worker.sid,
      task_channel_sid: sids.voiceChannel,
      task_channel_unique_name: 'voice',
      assigned_tasks: this.#world.openTasks().length,
      available: true,
      available_capacity_percentage: 100,
      configured_capacity: 3,
      last_reserved_time: seconds(Date.now()),
    };
  }

  #task(task) {
    const { sids } = this.#world;
    return {
      ...this.#common(task.createdAt, task.updatedAt),
      sid: task.sid,
      assignment_status: task.status,
      attributes: JSON.stringify(task.attributes),
      addons: '{}',
      age: seconds(Date.now() - task.createdAt),
      priority: 0,
      timeout: 86_400,
      reason: null,
      routing_target: null,
      ignore_capacity: false,
      queue_sid: sids.queue,
      queue_name: 'Everyone',
      workflow_sid: sids.workflow,
      workflow_name: 'Assign to anyone',
      task_channel_sid: sids.voiceChannel,
      task_channel_unique_name: 'voice',
      version: String(task.version),
      virtual_start_time: seconds(task.createdAt),
    };
  }

  /** The reservation with its task, as REST answers and events carry it. */
  reservation(task) {
    return {
      ...this.#common(task.createdAt, task.updatedAt),
      sid: task.reservationSid,
      reservation_status: task.reservationStatus,
      reservation_timeout: 120,
      worker_sid: task.workerSid,
      version: String(task.version),
      task: this.#task(task),
    };
  }
}
