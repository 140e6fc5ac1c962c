import { guarded } from '../guard';

const TICK_MS = 1000;

/**
 * Watches the computer while there are calls: the pressure on its processor, where the browser tells it (W3C Compute
 * Pressure), and how late a timer of the page runs. In a hidden page timers are late because it is hidden.
 * @param {ReturnType<import('../monitorHost').createMonitorHost>} host
 * @param {number} lateTickMs a timer is late from here on
 * @returns {(call: import('../monitorHost').WatchedCall) => void} to be called once for each call
 */
export function computerWatcher(host, lateTickMs) {
  let pressure;
  let stop;

  const dispatchToAll = (method, value) => host.calls.forEach((call) => host.dispatch(call, method, value));

  const onPressure = guarded('the pressure', (records) => {
    const { state } = records[records.length - 1];
    if (state === pressure) return;
    pressure = state;
    dispatchToAll('pressure', state);
  });

  const observePressure = guarded('observing the pressure', () => {
    const { PressureObserver } = /** @type {any} */ (window);
    if (typeof PressureObserver !== 'function') return undefined;
    const observer = new PressureObserver(onPressure);
    // Refused where the page may not know it.
    observer.observe('cpu', { sampleInterval: TICK_MS }).catch(() => {});
    return observer;
  });

  function start() {
    const observer = observePressure();
    let before = performance.now();
    let wasHidden = document.hidden;
    const tick = guarded('the tick', () => {
      const now = performance.now();
      const late = now - before - TICK_MS;
      if (late >= lateTickMs && !wasHidden && !document.hidden) dispatchToAll('lateTick', Math.round(late));
      before = now;
      wasHidden = document.hidden;
      if (host.calls.length === 0) stop();
    });
    const timer = setInterval(tick, TICK_MS);
    return () => {
      clearInterval(timer);
      observer?.disconnect();
      pressure = undefined;
      stop = undefined;
    };
  }

  return guarded('watching the computer', (call) => {
    stop = stop ?? start();
    if (pressure) host.dispatch(call, 'pressure', pressure);
  });
}
