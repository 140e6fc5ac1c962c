// One card for each call. Cards are changed in place, so that focus stays where it is.
import { element } from './element.js';

const cards = new Map(); // sid -> parts of its card
const WORDS = {
  pending: 'rings',
  accepted: 'in call',
  wrapping: 'wrap-up',
  completed: 'done',
  rejected: 'declined',
  canceled: 'given up',
};

const duration = (ms) => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

function makeCard(sid, { command, choose }) {
  const button = (action) => {
    const made = element('button', { type: 'button' });
    made.dataset.action = action;
    made.addEventListener('click', () => command(action, sid, ...(made.values ?? [])));
    return made;
  };
  const radio = element('input', { type: 'radio', name: 'call', value: sid });
  radio.addEventListener('change', () => choose(sid));
  const number = element('strong');
  const status = element('span', { className: 'status' });
  const time = element('span', { className: 'time' });
  const buttons = Object.fromEntries(
    ['answer', 'decline', 'hold', 'mute', 'show', 'hangUp', 'customerHangsUp', 'complete'].map((name) => [
      name,
      button(name),
    ]),
  );
  buttons.answer.classList.add('primary');
  buttons.hangUp.classList.add('danger');
  const card = element(
    'article',
    { className: 'call' },
    element('label', {}, radio, number, status, time),
    element('div', { className: 'actions' }, ...Object.values(buttons)),
  );
  return { card, radio, number, status, time, buttons };
}

/**
 * @param {HTMLButtonElement & {values?: unknown[]}} button
 * @param {string} text
 * @param {{hidden?: boolean, values?: unknown[]}} [options] values: what the command is given
 */
function label(button, text, { hidden = false, values } = {}) {
  button.hidden = hidden;
  if (values) button.values = values;
  if (button.textContent !== text) button.textContent = text;
}

/** What is special about a call in progress. */
function stateOf({ connection, held, muted }) {
  if (connection === 'reconnecting') return 'reconnecting';
  if (held) return 'on hold';
  return muted ? 'muted' : undefined;
}

function updateCard({ card, radio, number, status, time, buttons }, call, chosen, otherIsLive) {
  const rings = call.status === 'pending';
  const live = call.status === 'accepted';
  card.classList.toggle('chosen', chosen);
  card.dataset.status = call.held && live ? 'held' : call.status;
  card.setAttribute('aria-label', `Call from ${call.from}`);
  radio.checked = chosen;
  number.textContent = call.from;
  status.textContent = (live && stateOf(call)) || (WORDS[call.status] ?? call.status);
  time.textContent = call.startedAt ? duration((call.endedAt ?? Date.now()) - call.startedAt) : '';
  label(buttons.answer, otherIsLive ? 'Answer, ending the other' : 'Answer', { hidden: !rings });
  label(buttons.decline, 'Decline', { hidden: !rings });
  label(buttons.hold, call.held ? 'Take off hold' : 'Hold', { hidden: !live, values: [!call.held] });
  label(buttons.mute, call.muted ? 'Unmute' : 'Mute', { hidden: !live, values: [!call.muted] });
  label(buttons.show, 'Show in Flex', {
    hidden: call.shown || !['pending', 'accepted', 'wrapping'].includes(call.status),
  });
  label(buttons.hangUp, 'Hang up', { hidden: !live });
  label(buttons.customerHangsUp, 'Customer hangs up', { hidden: !live });
  label(buttons.complete, 'Complete', { hidden: call.status !== 'wrapping' });
}

export function showCalls(calls, chosen, handlers) {
  const place = document.querySelector('#calls');
  /** @type {HTMLElement} */
  const none = document.querySelector('#no-calls');
  none.hidden = calls.length > 0;
  for (const [sid, { card }] of cards) {
    if (calls.some((call) => call.sid === sid)) continue;
    card.remove();
    cards.delete(sid);
  }
  // Oldest first into the place's top, so that the newest ends up there.
  for (const call of [...calls].reverse()) {
    if (!cards.has(call.sid)) {
      cards.set(call.sid, makeCard(call.sid, handlers));
      place.prepend(cards.get(call.sid).card);
    }
    const otherIsLive = calls.some(({ sid, status }) => sid !== call.sid && status === 'accepted');
    updateCard(cards.get(call.sid), call, call === chosen, otherIsLive);
  }
}
