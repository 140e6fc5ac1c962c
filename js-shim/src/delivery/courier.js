import { guarded } from '../guard';
import { log } from '../log';
import { alone, live, livingTabs } from './locks';
import { formOf, post } from './post';

/** Another tab is sending. */
const TURN_MS = 2000;
/** A browser that says it is offline says when it is not; should that not be heard, it is looked at again. */
const OFFLINE_MS = 60000;
/** Browsers take 64 KB in all that outlive their page; the headers are some of it. */
const MOST_LEAVING = 60000;

/**
 * Carries alerts from the Monitor's outbox to the server. What is sent, when, and what follows from an answer is the
 * outbox's to say.
 * @param {object} options
 * @param {import('../generated/monitor').Monitor} options.monitor
 * @param {string} options.tab
 * @param {string} options.serverlessUri
 * @param {() => {token?: string, workerSid?: string}} options.readSession
 * @returns {{send: () => void, logOut: () => void}}
 */
export function carryAlerts({ monitor, tab, serverlessUri, readSession }) {
  let sending = false;
  let timer;

  /** @returns {Promise<number | undefined>} how long to wait until the next time */
  async function sendNext() {
    const untilTidied = monitor.tidy();
    if (navigator.onLine === false) return OFFLINE_MS;
    const { token, workerSid } = readSession();
    const next = monitor.nextAlert(token, workerSid, Math.random());
    if (!next?.post) return next?.waitMs ?? untilTidied;
    const answer = await post(serverlessUri, formOf(token, next.post), false);
    monitor.answered(next.post.id, token, ...answer);
    return 0;
  }

  async function sendAll() {
    clearTimeout(timer);
    // The token's owner is among the lock's name: tabs of different agents do not wait for each other.
    const turn = () => alone(`send/${readSession().workerSid}`, sendNext, TURN_MS);
    let wait;
    do {
      // eslint-disable-next-line no-await-in-loop -- one alert after the other
      wait = await turn();
    } while (wait === 0);
    if (wait) timer = setTimeout(send, wait);
  }

  const send = guarded('sending alerts', () => {
    if (sending) return;
    sending = true;
    const ended = () => {
      sending = false;
    };
    sendAll().then(ended, (error) => {
      ended();
      timer = setTimeout(send, OFFLINE_MS);
      log.errorOnce('sending', 'Sending alerts failed; it is tried again.', error);
    });
  });

  function leave(persisted) {
    const { token, workerSid } = readSession();
    let room = MOST_LEAVING;
    monitor.leave(token, workerSid, persisted).forEach((leaving) => {
      const form = formOf(token, leaving);
      room -= String(form).length;
      if (room < 0) return;
      post(serverlessUri, form, true)
        .then((answer) => monitor.answered(leaving.id, token, ...answer))
        .catch(() => {});
    });
  }

  /** Takes over what earlier pages have left. */
  async function start() {
    live(tab);
    // Before it is asked who lives: a tab that writes one later is known by then.
    const checkpoints = monitor.checkpoints();
    monitor.adopt(checkpoints, await livingTabs());
    send();
  }

  window.addEventListener(
    'online',
    guarded('hearing of the connection', () => {
      monitor.online(Math.random());
      send();
    }),
  );
  // What another tab has stored is sent by this one if that one dies.
  window.addEventListener(
    'storage',
    guarded('hearing of other tabs', ({ key, newValue }) => {
      if (newValue && /^device-monitoring\/.*\/alert\//.test(key)) send();
    }),
  );
  window.addEventListener(
    'pagehide',
    guarded('letting alerts go', ({ persisted }) => leave(persisted)),
  );
  start().catch((error) => {
    log.errorOnce('adopting', 'Alerts of earlier pages could not be taken over.', error);
    send();
  });

  return {
    send,

    /** Before the token is gone. */
    logOut() {
      leave(true);
      monitor.loggedOut();
    },
  };
}
