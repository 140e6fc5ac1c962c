const NAMESPACE = 'DeviceMonitoringPlugin';

/**
 * What the engine needs to know of its surroundings, read once.
 * @param {object} flex
 * @param {object} manager
 * @param {string} pluginVersion
 * @returns {object} Environment of the engine
 */
export function readEnvironment(flex, manager, pluginVersion) {
  const { voiceClient } = manager;
  return {
    appConfig: manager.configuration?.attributes?.[NAMESPACE],
    uiAttributes: manager.serviceConfiguration?.ui_attributes?.[NAMESPACE],
    attributes: manager.serviceConfiguration?.attributes?.[NAMESPACE],
    serverlessUri: typeof __SERVERLESS_URI__ === 'string' ? __SERVERLESS_URI__ : undefined,
    pluginVersion,
    flexUiVersion: text(flex.VERSION),
    // Flex wraps the Device in a proxy that binds its functions; the prototype is not wrapped.
    voiceSdkVersion: text(voiceClient && Object.getPrototypeOf(voiceClient)?.constructor?.version),
    browser: text(navigator.userAgent),
    edge: text(voiceClient?.edge),
    workerSid: text(flexState(manager)?.worker?.worker?.sid ?? manager.workerClient?.sid),
  };
}

/**
 * The Flex token of this moment; it is renewed during a shift.
 * @param {object} manager
 * @returns {string | undefined}
 */
export function readToken(manager) {
  try {
    return text(flexState(manager)?.session?.ssoTokenPayload?.token ?? manager.user?.token);
  } catch (error) {
    return undefined;
  }
}

function flexState(manager) {
  return manager.store?.getState?.()?.flex;
}

function text(value) {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
