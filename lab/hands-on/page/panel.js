// The panel beside Flex. It decides nothing: buttons become commands of the lab, and what the lab tells is shown.
// `labCommand` and `labHello` are bindings into the lab's process, which calls `labShow` after every change.
import { showCalls } from './calls.js';
import { buildNetwork, showNetwork } from './network.js';
import { showAlerts, showNotice, showSdk, showStory } from './readouts.js';

const PROBLEM_SHOWN_MS = 8000;
/** @returns {HTMLElement} */
const find = (selector) => document.querySelector(selector);
/** @returns {NodeListOf<HTMLElement>} */
const choices = () => document.querySelectorAll('[data-choice]');
let selected;
let hideProblem;

/** Asks the lab to do something; what it cannot do it says in a sentence. */
async function command(name, ...values) {
  const { error } = await window.labCommand(name, values);
  const problem = find('#problem');
  problem.hidden = !error;
  problem.textContent = error ?? '';
  clearTimeout(hideProblem);
  hideProblem = setTimeout(() => {
    problem.hidden = true;
  }, PROBLEM_SHOWN_MS);
}

/** The controls act on the chosen call; a new one is chosen when it comes. */
function chosen(calls) {
  const open = calls.filter(({ status }) => status === 'pending' || status === 'accepted');
  const newest = open[0]?.sid ?? calls[0]?.sid;
  const isThere = calls.some(({ sid }) => sid === selected);
  const hasEnded = isThere && open.length > 0 && !open.some(({ sid }) => sid === selected);
  if (!isThere || hasEnded) selected = newest;
  return calls.find(({ sid }) => sid === selected);
}

let known = new Set();
let state;

function show(next) {
  state = next;
  for (const { sid, status } of state.calls) if (!known.has(sid) && status === 'pending') selected = sid;
  known = new Set(state.calls.map(({ sid }) => sid));
  render();
}

function render() {
  const call = chosen(state.calls);
  find('#controls').inert = !state.ready;
  find('#status').textContent = state.ready ? 'Flex is up' : 'Flex is starting…';
  find('#status').classList.toggle('up', state.ready);
  find('#call-in').toggleAttribute(
    'disabled',
    state.calls.some(({ status }) => status === 'pending'),
  );
  showCalls(state.calls, call, {
    command,
    choose: (sid) => {
      selected = sid;
      render();
    },
  });
  showNetwork(state, call);
  for (const group of choices()) {
    for (const input of group.querySelectorAll('input')) input.checked = input.value === state[group.dataset.choice];
  }
  showNotice(state.view);
  showSdk(call);
  showAlerts(state.reports);
  showStory(state.story);
}

find('#call-in').addEventListener('click', () => command('callIn'));
for (const group of choices()) {
  group.addEventListener('change', ({ target }) =>
    command(group.dataset.choice, /** @type {HTMLInputElement} */ (target).value),
  );
}
buildNetwork({ command, selected: () => selected });
window.labShow = show;
setInterval(() => state && render(), 1000); // durations go on without news
window.labHello();
