import { rtcConfigurationOf } from './reachability';

/**
 * Begins the Voice SDK's own test call (`Device.runPreflight`), the way that the next call will go. It opens no microphone
 * and is not heard: the SDK sends a sound of its own.
 * @param {object} manager
 * @param {string} token
 * @returns {import('../generated/monitor').RunningPreflight}
 */
export function startPreflight(manager, token) {
  const device = manager.voiceClient;
  // Flex wraps the Device in a proxy; the prototype is not wrapped.
  const Device = Object.getPrototypeOf(device).constructor;
  const { codecPreferences } = manager.configuration?.sdkOptions?.voice ?? {};
  const rtcConfiguration = rtcConfigurationOf(manager);
  const test = Device.runPreflight(token, {
    fakeMicInput: true,
    ...(device.edge && { edge: device.edge }),
    ...(codecPreferences && { codecPreferences }),
    ...(rtcConfiguration && { rtcConfiguration }),
  });
  const outcome = new Promise((resolve) => {
    test.on('completed', (report) => resolve({ report }));
    test.on('failed', (error) => resolve({ error }));
  });
  return { outcome, stop: () => test.stop() };
}
