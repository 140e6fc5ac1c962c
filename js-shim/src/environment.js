const NAMESPACE = 'DeviceMonitoringPlugin';

/**
 * What the engine needs to know of its surroundings, read once.
 * @param {object} flex
 * @param {object} manager
 * @param {string} pluginVersion
 * @returns {object} Environment of the engine
 */
export function readEnvironment(flex, manager, pluginVersion) {
  return {
    appConfig: manager.configuration?.attributes?.[NAMESPACE],
    uiAttributes: manager.serviceConfiguration?.ui_attributes?.[NAMESPACE],
    attributes: manager.serviceConfiguration?.attributes?.[NAMESPACE],
    serverlessUri: typeof __SERVERLESS_URI__ === 'string' ? __SERVERLESS_URI__ : undefined,
    pluginVersion,
    flexUiVersion: text(flex.VERSION),
    browser: text(navigator.userAgent),
    workerSid: text(flexState(manager)?.worker?.worker?.sid ?? manager.workerClient?.sid),
  };
}

/**
 * What is to be said of the Device. Asked for with each call: at the start it may not be registered yet, and Flex may
 * replace it.
 * @param {object | undefined} voiceClient
 * @returns {{edge?: string, voiceSdkVersion?: string}}
 */
export function describeDevice(voiceClient) {
  return {
    edge: text(voiceClient?.edge),
    // Flex wraps the Device in a proxy that binds its functions; the prototype is not wrapped.
    voiceSdkVersion: text(voiceClient && Object.getPrototypeOf(voiceClient)?.constructor?.version),
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
