import { nonEmptyText } from './nonEmptyText';

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
    flexUiVersion: nonEmptyText(flex.VERSION),
    browser: nonEmptyText(navigator.userAgent),
    workerSid: readWorkerSid(manager),
    workerName: nonEmptyText(flexState(manager)?.worker?.worker?.name ?? manager.workerClient?.name),
    workerAttributes: flexState(manager)?.worker?.attributes ?? manager.workerClient?.attributes,
    tab: crypto.randomUUID(),
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
    edge: nonEmptyText(voiceClient?.edge),
    // Flex wraps the Device in a proxy that binds its functions; the prototype is not wrapped.
    voiceSdkVersion: nonEmptyText(voiceClient && Object.getPrototypeOf(voiceClient)?.constructor?.version),
  };
}

/**
 * Who is signed in at this moment, and the Flex token, which is renewed during a shift.
 * @param {object} manager
 * @returns {{token?: string, workerSid?: string}}
 */
export function readSession(manager) {
  return {
    token: nonEmptyText(flexState(manager)?.session?.ssoTokenPayload?.token ?? manager.user?.token),
    workerSid: readWorkerSid(manager),
  };
}

function readWorkerSid(manager) {
  return nonEmptyText(flexState(manager)?.worker?.worker?.sid ?? manager.workerClient?.sid);
}

/** @returns {object | undefined} the `flex` slice of the Redux store */
export function flexState(manager) {
  return manager.store?.getState?.()?.flex;
}
