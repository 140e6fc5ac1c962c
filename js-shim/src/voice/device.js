import { guarded } from '../guard';

/**
 * Finds the calls of the Voice SDK's Device. Flex's own outgoing calls arrive as incoming ones too, because
 * TaskRouter dials the agent; only another plugin makes an outgoing call of the SDK, with `connect`, which no
 * event of the Device announces.
 * @param {(call: object) => void} watch
 * @returns {(device: unknown) => void} attaches to a Device, once; anything else (undefined without browser
 *   voice, a proxy of {} when voice is degraded) is left alone
 */
export function deviceAttacher(watch) {
  const attached = new WeakSet();

  return guarded('attaching to the Device', (device) => {
    if (typeof device?.on !== 'function' || attached.has(device)) return;
    attached.add(device);
    device.on('incoming', guarded('the listener for \'incoming\'', watch));
    observeConnect(device, watch);
    (device.calls ?? []).forEach(watch);
  });
}

function observeConnect(device, watch) {
  if (typeof device.connect !== 'function') return;
  const connect = device.connect.bind(device);
  device.connect = (...args) => {
    const connecting = connect(...args);
    // A branch of its own: the caller gets the promise that the SDK made.
    guarded('following connect', () => connecting.then(watch, () => {}))();
    return connecting;
  };
}
