// Runs in Flex's page and reports what the Voice SDK says, independently of the plugin under test: a second witness.
// Types and fields are those of the recording format. `window.labEvent` is a binding into the lab's process.
(() => {
  const DEVICE_CHECK_MS = 500; // Flex may replace its Device
  let observed;

  const report = (call, type, more = {}) =>
    window.labEvent({ at: Date.now(), callSid: call.parameters.CallSid, type, ...more });

  function observe(call) {
    const parameters = { ...call.parameters };
    report(call, 'incoming', {
      direction: call.direction,
      parameters,
      customParameters: Object.fromEntries(call.customParameters ?? []),
    });
    for (const type of ['disconnect', 'cancel', 'reject', 'reconnected', 'transportClose'])
      call.on(type, () => report(call, type));
    call.on('accept', () => report(call, 'accept', { parameters: { ...call.parameters } }));
    call.on('sample', (sample) => report(call, 'sample', { sample }));
    call.on('warning', (name, data) => {
      const { samples, ...told } = data ?? {};
      report(call, 'warning', data ? { name, data: told } : { name });
    });
    call.on('warning-cleared', (name) => report(call, 'warning-cleared', { name }));
    call.on('mute', (muted) => report(call, 'mute', { muted }));
    call.on('reconnecting', (error) => report(call, 'reconnecting', { code: error?.code }));
    call.on('error', (error) => report(call, 'error', { code: error?.code, message: error?.message }));
    window.labFollowStatistics?.(
      call,
      (stats) => report(call, 'stats', { stats }),
      (path) => report(call, 'path', { path }),
    );
    window.labFollowSignals?.(call, (type, fields) => report(call, type, fields));
    window.labEar?.follow(call);
  }

  function follow() {
    const device = window.Twilio?.Flex?.Manager?.getInstance?.()?.voiceClient;
    if (device && device !== observed && typeof device.on === 'function') {
      observed = device;
      device.on('incoming', observe);
    }
  }

  window.labFollowDevice = () => {
    follow();
    setInterval(follow, DEVICE_CHECK_MS);
  };
})();
