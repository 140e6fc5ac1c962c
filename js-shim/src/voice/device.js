import { guarded } from '../guard';

/**
 * Finds the calls of the Voice SDK's Device. Flex's own outgoing calls arrive as incoming ones too, because
 * TaskRouter dials the agent; only another plugin makes an outgoing call of the SDK, with `connect`, which no
 * event of the Device announces.
 * @param {(call: object) => void} watch
 * @returns {(device: unknown) => void} attaches to a Device in place of the one before; anything else (undefined without
 *   browser voice, a proxy of {} when voice is degraded) is left alone
 */
export function deviceAttacher(watch) {
  const observed = new WeakSet();
  const heard = ['incoming', guarded("the listener for 'incoming'", watch)];
  // Each for itself: a Device that fails at one is heard all the same, and so is the one after it.
  const leave = guarded('leaving a Device', (device) => device?.removeListener(...heard));
  const follow = guarded('following connect', observeConnect);
  let attached;

  return guarded('attaching to the Device', (device) => {
    leave(attached);
    attached = typeof device?.on === 'function' ? device : undefined;
    if (!attached) return;
    device.on(...heard);
    if (!observed.has(device)) follow(device, watch);
    observed.add(device);
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
