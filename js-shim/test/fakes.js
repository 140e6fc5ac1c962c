import EventEmitter from 'events';
import React from 'react';

import * as Flex from './flex';

/** A call with the events and properties of the Voice SDK's Call. */
export class FakeCall extends EventEmitter {
  constructor({
    callSid = 'CA00000000000000000000000000000001',
    direction = 'INCOMING',
    status = 'pending',
    custom,
  } = {}) {
    super();
    this.direction = direction;
    this.parameters = { CallSid: callSid, From: '+15555550100', To: 'client:agent' };
    this.customParameters = new Map(Object.entries(custom ?? {}));
    this.muted = false;
    this.state = status;
  }

  status() {
    return this.state;
  }

  isMuted() {
    return this.muted;
  }

  accept() {
    this.state = 'open';
    this.emit('accept', this);
  }

  disconnect() {
    this.state = 'closed';
    this.emit('disconnect', this);
  }
}

/** As Flex hands out the Device: behind a proxy that binds its functions. */
export function fakeVoiceClient(device = new FakeDevice()) {
  return new Proxy(device, {
    get(target, key) {
      const value = target[key];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

export class FakeDevice extends EventEmitter {
  constructor() {
    super();
    this.calls = [];
    this.edge = 'ashburn';
  }

  async connect() {
    const call = new FakeCall({ direction: 'OUTGOING', status: 'connecting' });
    call.parameters = {};
    return call;
  }
}

export const OFFLINE = { sid: 'WA00000000000000000000000000000001', name: 'Away from desk' };
export const AVAILABLE = { sid: 'WA00000000000000000000000000000002', name: 'Available' };

/** A manager with a store of the shape that Flex's has. */
export function fakeManager({ attributes, voiceClient = fakeVoiceClient(), roles = ['agent'] } = {}) {
  let state = {
    flex: {
      phone: {},
      worker: { tasks: new Map(), worker: { sid: 'WK00000000000000000000000000000001' }, activity: AVAILABLE },
      conferences: { states: new Map() },
      session: { ssoTokenPayload: { token: 'token' } },
    },
  };
  const listeners = new Set();
  let strings = {};
  return {
    voiceClient,
    workerClient: new EventEmitter(),
    user: { roles },
    configuration: { attributes: attributes && { DeviceMonitoringPlugin: attributes } },
    serviceConfiguration: { attributes: {}, ui_attributes: {}, taskrouter_offline_activity_sid: OFFLINE.sid },
    store: {
      getState: () => state,
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    get strings() {
      return strings;
    },
    set strings(value) {
      strings = value;
      Object.keys(value).forEach((key) => {
        Flex.templates[key] = Flex.compile(value[key]);
      });
    },
    /** Replaces slices of the `flex` state, as a reducer would. */
    change(slices) {
      state = { flex: { ...state.flex, ...slices } };
      listeners.forEach((listener) => listener());
    },
  };
}

/** Flex's components and notifications, recording what the plugin does with them. */
export function fakeFlex() {
  const registered = new Map();
  const flex = {
    ...Flex,
    NotificationType: { information: 'information', success: 'success', warning: 'warning', error: 'error' },
    /** Notifications on screen, oldest first. */
    shown: [],
    Notifications: {
      get activeNotifications() {
        return flex.shown;
      },
      registeredNotifications: registered,
      registerNotification: (notification) => registered.set(notification.id, { ...notification }),
      showNotification: (id, context) => flex.shown.push({ ...registered.get(id), context }),
      dismissNotificationById: (id) => {
        flex.shown = flex.shown.filter((one) => one.id !== id);
      },
    },
    /** Those added to Flex's own, by key. */
    shortcuts: {},
    KeyboardShortcutManager: { addShortcuts: (added) => Object.assign(flex.shortcuts, added) },
    /** Listeners of Flex's actions, by event. */
    actions: {},
    Actions: {
      addListener: (event, listener) => {
        flex.actions[event] = listener;
      },
    },
    views: [],
    sideNav: [],
    View: ({ children }) => children,
    ViewCollection: { Content: { add: (element) => flex.views.push(element) } },
    SideNav: { Content: { add: (element) => flex.sideNav.push(element) } },
    /** Columns that were added to the Teams View. */
    columns: [],
    ColumnDefinition: () => null,
    WorkersDataTable: { Content: { add: (element) => flex.columns.push(element) } },
    callCanvas: [],
    header: [],
    /** Keys of Flex's own components that were taken off its pages. */
    removed: [],
    CallCanvas: {
      Content: {
        add: (element, options) => flex.callCanvas.push({ element, options }),
        remove: (key) => flex.removed.push(key),
      },
    },
    ParticipantsCanvas: { Content: { remove: (key) => flex.removed.push(key) } },
    MainHeader: { Content: { add: (element, options) => flex.header.push({ element, options }) } },
    /** What Flex renders for a notification on screen. */
    contentOf: ({ content, context }) =>
      React.cloneElement(content, { ...content.props, notificationContext: context }),
  };
  return flex;
}

/** A task as Flex keeps it, with the agent's leg `worker` and the customer's leg `customer`. */
export function fakeTask({ n = 1, worker, customer = `CA9000000000000000000000000000000${n}`, attributes } = {}) {
  return {
    sid: `WR0000000000000000000000000000000${n}`,
    taskSid: `WT0000000000000000000000000000000${n}`,
    attributes: {
      from: `+1555555010${n}`,
      to: '+15555550199',
      conference: worker && { sid: `CF0000000000000000000000000000000${n}`, participants: { worker, customer } },
      ...attributes,
    },
  };
}

/** A conference as Flex keeps it: a Map entry by the task's SID. */
export function fakeConference({ n = 1, worker, held = false, workerHeld = false, others = [] }) {
  const participant = (participantType, callSid, onHold) => ({
    participantType,
    callSid,
    onHold,
    status: 'joined',
    reservationSid: `WR0000000000000000000000000000000${n}`,
  });
  return [
    `WT0000000000000000000000000000000${n}`,
    {
      source: {
        conferenceSid: `CF0000000000000000000000000000000${n}`,
        participants: [
          participant('worker', worker, workerHeld),
          participant('customer', `CA9000000000000000000000000000000${n}`, held),
          ...others,
        ],
      },
    },
  ];
}

/** A second of a healthy call. */
export const HEALTHY = {
  jitter: 2,
  rtt: 60,
  packetsLost: 0,
  packetsReceived: 50,
  packetsSent: 50,
  packetsLostFraction: 0,
  mos: 4.4,
  bytesReceived: 8000,
  bytesSent: 8000,
  audioInputLevel: 9000,
  audioOutputLevel: 9000,
};

/** A second of a call whose network is far too slow. */
export const SLOW = { ...HEALTHY, rtt: 1200, mos: 1.5 };
