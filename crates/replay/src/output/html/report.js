'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const { sums, thresholds, problems, calls } = data;
const report = document.getElementById('report');

/** An element with its attributes and children; texts are texts, whatever is in them. */
function make(name, attributes = {}, ...children) {
  const svg = ['svg', 'g', 'rect', 'line', 'path', 'text', 'title'].includes(name);
  const element = svg ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}
const percent = (part, whole) => (whole ? `${((100 * part) / whole).toFixed(1)} %` : '–');
const clock = (ms) => `${Math.floor(ms / 60000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}`;
const several = sums.configurations.length > 1;

/** Horizontal bars: a name, a length, a number. */
function bars(label, rows, mark = '') {
  const most = Math.max(1, ...rows.map(([, count]) => count));
  const left = 165;
  const chart = make('svg', { viewBox: `0 0 330 ${rows.length * 24}`, role: 'img', 'aria-label': label });
  rows.forEach(([name, count], index) => {
    const y = index * 24;
    chart.append(
      make('text', { x: left - 8, y: y + 15, 'text-anchor': 'end' }, name),
      make('rect', {
        class: `bar ${mark}`,
        x: left,
        y: y + 3,
        height: 16,
        width: Math.max(count ? 1 : 0, (count / most) * 125),
      }),
      make('text', { x: left + (count / most) * 125 + 6, y: y + 15 }, String(count)),
    );
  });
  return chart;
}

function days() {
  const most = Math.max(1, ...sums.days.map(({ counts }) => counts[0]));
  const width = 900 / sums.days.length;
  const chart = make('svg', { viewBox: '0 0 900 150', role: 'img', 'aria-label': 'Calls and alerts by day' });
  sums.days.forEach(({ name, counts: [count, alerts] }, index) => {
    const height = (value) => (value / most) * 120;
    const bar = (value, kind) =>
      make('rect', {
        class: `bar ${kind}`,
        x: index * width + 1,
        y: 125 - height(value),
        width: Math.max(1, Math.min(40, width - 2)),
        height: height(value),
      });
    chart.append(
      make(
        'g',
        {},
        make('title', {}, `${name}: ${alerts} of ${count} calls alert`),
        bar(count, ''),
        bar(alerts, 'alert'),
      ),
    );
    if (index % Math.ceil(sums.days.length / 10) === 0) chart.append(make('text', { x: index * width, y: 143 }, name));
  });
  return chart;
}

function overview() {
  report.append(
    make('h1', {}, 'Replayed calls'),
    make(
      'p',
      { class: 'soft' },
      `What the engine of Device Monitoring for Twilio Flex (${data.version}) says about ${sums.calls} calls.`,
    ),
  );
  if (sums.estimates) report.append(make('p', {}, `Estimates (≈), drawn from rows of ten seconds: ${sums.estimates}.`));
  const grid = make('div', { class: 'grid' });
  sums.configurations.forEach((one, index) => {
    const card = make(
      'section',
      { class: 'card' },
      make('h3', {}, one.name),
      make('div', { class: 'number' }, `${one.alerts} alert`),
      make('p', { class: 'soft' }, `${percent(one.alerts, sums.calls)} of ${sums.calls} calls`),
    );
    if (index)
      card.append(
        make(
          'p',
          {},
          `Compared with ${sums.configurations[0].name}: ${one.come} come, ${one.go} go, ${one.stay} stay.`,
        ),
      );
    card.append(
      make('h3', { style: 'margin-top:1rem' }, 'Why'),
      bars(
        `Reasons under ${one.name}`,
        sums.ruleNames.map((name, rule) => [name, one.rules[rule]]),
        'alert',
      ),
    );
    const range = (upper, at) => (at === 0 ? 'none' : `${at === 1 ? 'up to' : `${sums.ranges[at - 1]} to`} ${upper} %`);
    card.append(
      make('h3', { style: 'margin-top:1rem' }, 'Time in warning'),
      bars(
        `Calls by time in warning under ${one.name}`,
        sums.ranges.map((upper, at) => [range(upper, at), one.shares[at]]),
      ),
    );
    const set = thresholds[index];
    card.append(
      make(
        'p',
        { class: 'soft' },
        `RTT ${set.highRttThreshold} ms, jitter ${set.highJitterThreshold} ms, loss ${set.highPacketsLostThreshold} %, MOS ${set.lowMosThreshold}, ` +
          `short ${set.shortCallThreshold} s, in warning ${set.warningDurPctThreshold} %, ended in warning ${set.endedInWarningIsTrigger ? 'alerts' : 'does not alert'}.`,
      ),
    );
    grid.append(card);
  });
  const conditions = [...sums.conditions]
    .sort((a, b) => b.counts[0] - a.counts[0])
    .map(({ name, counts }) => [name, counts[0]]);
  grid.append(
    make(
      'section',
      { class: 'card' },
      make('h3', {}, 'What was wrong, in how many calls'),
      conditions.length ? bars('Calls by condition', conditions) : make('p', {}, 'Nothing.'),
    ),
  );
  report.append(grid);
  if (sums.days.length > 1) report.append(make('h2', {}, 'By day'), make('div', { class: 'card' }, days()));
}

const METRICS = [
  { key: 'rtt', name: 'Round-trip time', unit: 'ms', set: 'highRttThreshold', condition: 'high-rtt' },
  { key: 'jitter', name: 'Jitter', unit: 'ms', set: 'highJitterThreshold', condition: 'high-jitter' },
  { key: 'loss', name: 'Packets lost', unit: '%', set: 'highPacketsLostThreshold', condition: 'high-packet-loss' },
  { key: 'mos', name: 'MOS', unit: '', set: 'lowMosThreshold', condition: 'low-mos' },
];
const [WIDTH, HEIGHT, LEFT, RIGHT] = [900, 110, 45, 10];

function metric({ key, name, unit, set, condition }, call, verdict, length) {
  const values = call[key];
  const threshold = thresholds[0][set];
  const known = values.filter((value) => value !== null);
  if (!known.length) return make('p', { class: 'soft' }, `${name}: not known.`);
  // A threshold that lies far away would press the values flat: it is named, and not drawn.
  const highest = Math.max(...known);
  const drawn = key === 'mos' ? threshold <= 4.5 : threshold <= Math.max(4 * highest, 1);
  const top = key === 'mos' ? 4.5 : 1.1 * Math.max(highest, drawn ? threshold : 0, 1);
  const bottom = key === 'mos' ? 1 : 0;
  const x = (ms) => LEFT + (ms / length) * (WIDTH - LEFT - RIGHT);
  const y = (value) => HEIGHT - 18 - ((value - bottom) / (top - bottom)) * (HEIGHT - 32);
  const chart = make('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    role: 'img',
    'aria-label': `${name}, ${Math.min(...known)} to ${highest} ${unit}, threshold ${threshold} ${unit}`,
  });
  const wrong = (verdict.conditions ?? []).filter((one) => one.name === condition).flatMap((one) => one.episodes);
  for (const { startMs, endMs } of wrong) {
    chart.append(
      make(
        'rect',
        { class: 'episode', x: x(startMs), y: 8, width: Math.max(2, x(endMs) - x(startMs)), height: HEIGHT - 26 },
        make('title', {}, `${condition} from ${clock(startMs)} to ${clock(endMs)}`),
      ),
    );
  }
  chart.append(make('line', { class: 'axis', x1: LEFT, x2: WIDTH - RIGHT, y1: HEIGHT - 18, y2: HEIGHT - 18 }));
  for (const value of [bottom, top])
    chart.append(
      make(
        'text',
        { x: LEFT - 6, y: y(value) + 4, 'text-anchor': 'end' },
        value.toFixed(value < 10 && value % 1 ? 1 : 0),
      ),
    );
  if (drawn) {
    chart.append(
      make('line', { class: 'threshold', x1: LEFT, x2: WIDTH - RIGHT, y1: y(threshold), y2: y(threshold) }),
      make('text', { x: WIDTH - RIGHT, y: y(threshold) - 4, 'text-anchor': 'end' }, `threshold ${threshold}`),
    );
  }
  let path = '';
  let before = null;
  values.forEach((value, index) => {
    if (value === null) {
      before = null;
      return;
    }
    path += `${before === null ? 'M' : 'L'}${x(call.ms[index]).toFixed(1)} ${y(value).toFixed(1)}`;
    before = value;
  });
  chart.append(make('path', { class: 'value', d: path }));
  for (let at = 0; at <= 4; at += 1) {
    const ms = (length * at) / 4;
    chart.append(
      make(
        'text',
        { x: x(ms), y: HEIGHT - 4, 'text-anchor': at === 0 ? 'start' : at === 4 ? 'end' : 'middle' },
        clock(ms),
      ),
    );
  }
  const cursor = make('line', { class: 'cursor', y1: 8, y2: HEIGHT - 18, visibility: 'hidden' });
  const readout = make('span', { class: 'soft' });
  chart.append(cursor);
  chart.addEventListener('pointermove', (event) => {
    const box = chart.getBoundingClientRect();
    const ms = ((((event.clientX - box.left) / box.width) * WIDTH - LEFT) / (WIDTH - LEFT - RIGHT)) * length;
    const index = call.ms.reduce(
      (best, at, index) => (Math.abs(at - ms) < Math.abs(call.ms[best] - ms) ? index : best),
      0,
    );
    cursor.setAttribute('x1', x(call.ms[index]));
    cursor.setAttribute('x2', x(call.ms[index]));
    cursor.setAttribute('visibility', 'visible');
    readout.textContent = ` at ${clock(call.ms[index])}: ${values[index] === null ? 'not known' : `${Math.round(values[index] * 100) / 100} ${unit}`}`;
  });
  chart.addEventListener('pointerleave', () => {
    cursor.setAttribute('visibility', 'hidden');
    readout.textContent = '';
  });
  const far = drawn ? '' : ` (threshold ${threshold} ${unit} lies outside the chart)`;
  return make(
    'div',
    {},
    make('div', { class: 'readout' }, make('strong', {}, name), unit ? ` in ${unit}${far}` : far, readout),
    chart,
  );
}

/** When what was wrong, a lane for each condition. */
function lanes(verdict, length) {
  const height = verdict.conditions.length * 22 + 4;
  const x = (ms) => 190 + (ms / length) * (WIDTH - 200);
  const chart = make('svg', {
    viewBox: `0 0 ${WIDTH} ${height}`,
    role: 'img',
    'aria-label': 'What was wrong, and when',
  });
  verdict.conditions.forEach(({ name, side, episodes }, index) => {
    chart.append(
      make('text', { x: 182, y: index * 22 + 15, 'text-anchor': 'end' }, name),
      make('line', { class: 'axis', x1: 190, x2: WIDTH - 10, y1: index * 22 + 11, y2: index * 22 + 11 }),
    );
    for (const { startMs, endMs, worst } of episodes) {
      chart.append(
        make(
          'rect',
          { class: 'lane', x: x(startMs), y: index * 22 + 4, height: 14, width: Math.max(2, x(endMs) - x(startMs)) },
          make(
            'title',
            {},
            `${name} (${side}) from ${clock(startMs)} to ${clock(endMs)}${worst === null ? '' : `, at worst ${Math.round(worst * 10) / 10}`}`,
          ),
        ),
      );
    }
  });
  return chart;
}

function inside(call) {
  const shown = call.verdicts.find((verdict) => 'alert' in verdict);
  const length = Math.max(
    1,
    shown.durationMs,
    ...call.ms,
    ...shown.conditions.flatMap((one) => one.episodes.map((episode) => episode.endMs)),
  );
  const box = make('div', { class: 'inside' });
  for (const [index, verdict] of call.verdicts.entries()) {
    const told = (verdict.reasons ?? []).map((reason) => make('li', {}, reason.text));
    if (several)
      box.append(make('p', {}, make('strong', {}, verdict.configuration), index ? `: ${verdict.change}` : ''));
    box.append(told.length ? make('ul', {}, ...told) : make('p', {}, 'No alert.'));
  }
  if (shown.notices.length) {
    box.append(
      make('h3', {}, 'What the agent would have been shown'),
      make('ul', {}, ...shown.notices.map(({ ms, text }) => make('li', {}, `${clock(ms)} ${text}`))),
    );
  }
  if (call.resolutionMs > 1000)
    box.append(make('p', {}, `An estimate: the source has a row every ${call.resolutionMs / 1000} s.`));
  if (call.lacks?.length)
    box.append(make('p', { class: 'soft' }, `The source does not tell ${call.lacks.join('; ')}.`));
  if (shown.conditions.length) box.append(make('h3', {}, 'What was wrong'), lanes(shown, length));
  if (call.ms.length) METRICS.forEach((one) => box.append(metric(one, call, shown, length)));
  return box;
}

function list() {
  const more = sums.calls - calls.length;
  report.append(make('h2', {}, more ? `The ${calls.length} calls with the most to tell` : 'Calls'));
  if (more)
    report.append(make('p', { class: 'soft' }, `Of ${more} more only the sums are here; --format csv has all.`));
  const search = make('input', {
    type: 'search',
    placeholder: 'Find a call, a file, a condition',
    'aria-label': 'Find a call, a file, a condition',
  });
  report.append(search);
  const rows = calls.map((call, index) => {
    const shown = call.verdicts.find((verdict) => 'alert' in verdict);
    const estimate = call.resolutionMs > 1000;
    const row = make(
      'details',
      {},
      make(
        'summary',
        {},
        make('strong', {}, call.file ?? shown.callSid ?? 'call'),
        call.file && shown.callSid ? make('span', { class: 'soft' }, shown.callSid) : null,
        make('span', { class: shown.alert ? 'mark alert' : 'mark' }, shown.alert ? 'alert' : 'no alert'),
        ...call.verdicts
          .slice(1)
          .map((verdict) =>
            make('span', { class: `mark ${verdict.change}` }, `${verdict.configuration}: ${verdict.change}`),
          ),
        make(
          'span',
          { class: 'soft' },
          `${clock(shown.durationMs)}, ${call.measured === false ? 'not measured' : `${estimate ? '≈ ' : ''}${shown.warningPct.toFixed(1)} % in warning`}${call.startedAt ? `, ${call.startedAt.slice(0, 16).replace('T', ' ')} UTC` : ''}`,
        ),
      ),
    );
    row.addEventListener('toggle', () => {
      if (row.open && !row.querySelector('.inside')) row.append(inside(call));
    });
    row.open = index === 0;
    row.dataset.text = [call.file, shown.callSid, ...shown.conditions.map((one) => one.name)].join(' ').toLowerCase();
    return row;
  });
  report.append(...rows);
  search.addEventListener('input', () =>
    rows.forEach((row) => {
      row.hidden = !row.dataset.text.includes(search.value.toLowerCase());
    }),
  );
}

overview();
list();
if (problems.length) {
  report.append(
    make('h2', {}, `Not used: ${sums.problems}, line or file`),
    make('ul', {}, ...problems.map((problem) => make('li', {}, problem))),
  );
}
