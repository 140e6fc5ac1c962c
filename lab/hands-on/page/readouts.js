// What the agent, the Voice SDK and the Function say. Parts are only made anew when their content has changed.
import { element } from './element.js';

const shown = new Map();

/** Replaces the content of `selector` if it differs from what was put there last. */
function put(selector, content, make) {
  const key = JSON.stringify(content);
  if (shown.get(selector) === key) return;
  shown.set(selector, key);
  document.querySelector(selector).replaceChildren(...make());
}

const clock = (at) => new Date(at).toLocaleTimeString([], { hour12: false });

export function showNotice({ notices: [notice], toasts }) {
  /** @type {HTMLElement} */
  const place = document.querySelector('#notice');
  place.dataset.severity = notice?.severity ?? (toasts.length ? 'toast' : 'none');
  put('#notice', [notice?.text, toasts], () => [
    notice
      ? element(
          'p',
          {},
          element('strong', { textContent: notice.diagnosis?.replaceAll('-', ' ') ?? 'notice' }),
          ` ${notice.text}`,
        )
      : element('p', { className: 'hint', textContent: 'No notice in the call' }),
    ...toasts.map((text) => element('p', { className: 'toast', textContent: text })),
  ]);
}

const LEVEL_TOP = 32_767;
const ofFull = (level) => (Number.isFinite(level) ? `${Math.round((100 * level) / LEVEL_TOP)} %` : '–');
const rounded = (value, digits = 0) => (Number.isFinite(value) ? value.toFixed(digits) : '–');

export function showSdk(call) {
  const sample = call?.sample ?? {};
  const tiles = [
    ['MOS', rounded(sample.mos, 2)],
    ['Round trip', `${rounded(sample.rtt)} ms`],
    ['Jitter', `${rounded(sample.jitter)} ms`],
    ['Lost', `${rounded(sample.packetsLostFraction)} %`],
    ['Agent speaks', ofFull(sample.audioInputLevel)],
    ['Customer speaks', ofFull(sample.audioOutputLevel)],
  ];
  put('#sample', tiles, () =>
    tiles.map(([name, value]) =>
      element('div', {}, element('dt', { textContent: name }), element('dd', { textContent: value })),
    ),
  );
  const warnings = call?.warnings ?? [];
  put('#warnings', warnings, () =>
    warnings.length
      ? warnings.map((name) => element('span', { className: 'warning', textContent: name }))
      : [element('span', { className: 'hint', textContent: 'no warning of its own' })],
  );
}

const OUTCOMES = { waiting: 'no answer yet', failed: 'could not be reached' };

export function showAlerts(reports) {
  put('#alerts', reports, () =>
    reports.length
      ? reports.map((report, index) => {
          const { outcome } = report;
          const card = element(
            'details',
            { className: 'alert', open: index === 0 },
            element(
              'summary',
              {},
              element('span', {
                className: outcome === 200 ? 'good' : 'bad',
                textContent: OUTCOMES[outcome] ?? `answered ${outcome}`,
              }),
              ` ${clock(report.at)} `,
              element('span', { className: 'hint', textContent: report.from }),
            ),
            element('ul', {}, ...report.reasons.map((text) => element('li', { textContent: text }))),
          );
          if (report.answer) card.append(element('p', { className: 'hint', textContent: report.answer }));
          if (report.logLine)
            card.append(
              element('p', { className: 'hint', textContent: `${report.action} wrote into the Function's log:` }),
              element('pre', { textContent: report.logLine, tabIndex: 0 }),
            );
          return card;
        })
      : [element('p', { className: 'hint', textContent: 'None yet. A call that was bad sends one when it ends.' })],
  );
}

export function showStory(story) {
  put('#story', story, () =>
    story.map(({ at, text, tone, from }) =>
      element(
        'li',
        { className: tone ?? '' },
        element('time', { textContent: clock(at) }),
        element('span', { textContent: text }),
        ...(from ? [element('small', { textContent: from })] : []),
      ),
    ),
  );
}
