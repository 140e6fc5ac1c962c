// The chosen call's network: named ones, sliders for each direction, and what the relay did in the last seconds.
const SLIDERS = [
  {
    name: 'loss',
    label: 'Lost',
    max: 50,
    step: 1,
    unit: '%',
    read: (impairment) => (impairment.loss ?? 0) * 100,
    write: (value) => value / 100,
  },
  {
    name: 'delay',
    label: 'Late',
    max: 1000,
    step: 10,
    unit: 'ms',
    read: (impairment) => impairment.delay ?? 0,
    write: Number,
  },
  {
    name: 'jitter',
    label: 'Jitter',
    max: 200,
    step: 5,
    unit: 'ms',
    read: (impairment) => impairment.jitter ?? 0,
    write: Number,
  },
];
const SEND_EVERY_MS = 120;
/** A slider that a person has in hand is not set from outside. */
const IN_HAND_MS = 1000;
const TO = { down: 'to the agent', up: 'to the customer' };
const BARS = 45;
const FULL_RATE = 55; // packets a second

const panels = {};
let touchedAt = 0;

export function buildNetwork({ command, selected }) {
  /** @type {NodeListOf<HTMLElement>} */
  const fieldsets = document.querySelectorAll('fieldset[data-direction]');
  for (const fieldset of fieldsets) {
    const { direction } = fieldset.dataset;
    let waiting;
    const impairment = () =>
      Object.fromEntries([
        ...SLIDERS.map(({ name, write }) => [name, write(inputs[name].value)]).filter(([, value]) => Number(value) > 0),
        ...(silenced.checked
          ? [
              ['blackout', true],
              ['only', ['rtp']],
            ]
          : []),
      ]);
    const changed = () => {
      touchedAt = Date.now();
      for (const { name, unit } of SLIDERS) outputs[name].textContent = `${inputs[name].value} ${unit}`;
      waiting ??= setTimeout(() => {
        waiting = undefined;
        command('impair', selected(), direction, impairment());
      }, SEND_EVERY_MS);
    };
    const inputs = {};
    const outputs = {};
    for (const { name, label, max, step, unit } of SLIDERS) {
      const row = document.createElement('label');
      row.className = 'slider';
      row.innerHTML = `<span>${label}</span><input type="range" min="0" max="${max}" step="${step}" value="0" aria-label="${label}, ${TO[direction]}"><output>0 ${unit}</output>`;
      [inputs[name], outputs[name]] = [row.querySelector('input'), row.querySelector('output')];
      inputs[name].addEventListener('input', changed);
      fieldset.append(row);
    }
    const row = document.createElement('label');
    row.className = 'check';
    row.innerHTML = `<input type="checkbox" aria-label="No sound passes, ${TO[direction]}"> No sound passes`;
    const silenced = row.querySelector('input');
    silenced.addEventListener('change', changed);
    const bars = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    bars.setAttribute('viewBox', `0 0 ${BARS} 20`);
    bars.setAttribute('preserveAspectRatio', 'none');
    bars.setAttribute('aria-hidden', 'true');
    bars.innerHTML = '<path class="passed"/><path class="lost"/>';
    const truth = Object.assign(document.createElement('p'), { className: 'truth' });
    truth.dataset.testid = `truth-${direction}`;
    fieldset.append(row, bars, truth);
    panels[direction] = { fieldset, inputs, outputs, silenced, bars, truth };
  }
  document.querySelector('#presets').addEventListener('click', ({ target }) => {
    const { preset } = /** @type {Element} */ (target).closest('button')?.dataset ?? {};
    touchedAt = 0;
    if (preset) command('preset', selected(), preset);
  });
}

function showPresets(presets, call) {
  const place = document.querySelector('#presets');
  if (!place.children.length) {
    place.append(
      ...presets.map(({ name, words }) => {
        const button = Object.assign(document.createElement('button'), {
          type: 'button',
          textContent: name,
          title: words,
        });
        button.dataset.preset = name;
        return button;
      }),
    );
  }
  for (const button of place.querySelectorAll('button')) {
    button.disabled = !call;
    button.setAttribute('aria-pressed', String(call?.network.preset === button.dataset.preset));
  }
}

const bar = (index, from, to) => (to > from ? `M${index + 0.1} ${20 - to}h.8v${to - from}h-.8z` : '');

function showTruth({ bars, truth }, seconds, direction, words) {
  let passed = '';
  let lost = '';
  seconds.forEach((second, index) => {
    const { rtpIn, rtpDrop } = second[direction];
    const column = BARS - seconds.length + index;
    const scale = 20 / Math.max(FULL_RATE, rtpIn);
    passed += bar(column, 0, (rtpIn - rtpDrop) * scale);
    lost += bar(column, (rtpIn - rtpDrop) * scale, rtpIn * scale);
  });
  bars.querySelector('.passed').setAttribute('d', passed);
  bars.querySelector('.lost').setAttribute('d', lost);
  const last = seconds.at(-1)?.[direction];
  truth.textContent = last?.rtpIn
    ? `${last.rtpIn - last.rtpDrop} of ${last.rtpIn} packets passed · ${Math.round(last.delayMs ?? 0)} ms late · jitter ${Math.round(last.jitterMs ?? 0)} ms`
    : `set to ${words ?? 'healthy'}; no packets at the moment`;
}

export function showNetwork({ presets }, call) {
  const over = !call || !['pending', 'accepted'].includes(call.status);
  document.querySelector('#network-of').textContent = call
    ? `of the call from ${call.from}`
    : 'of a call, once there is one';
  showPresets(presets, over ? undefined : call);
  for (const [direction, panel] of Object.entries(panels)) {
    const impairment = call?.network[direction] ?? {};
    panel.fieldset.disabled = over;
    if (Date.now() - touchedAt > IN_HAND_MS) {
      for (const { name, unit, read } of SLIDERS) {
        panel.inputs[name].value = read(impairment);
        panel.outputs[name].textContent = `${Math.round(read(impairment))} ${unit}`;
      }
      panel.silenced.checked = Boolean(impairment.blackout);
    }
    showTruth(panel, call?.seconds ?? [], direction, call?.network.words[direction]);
  }
}
