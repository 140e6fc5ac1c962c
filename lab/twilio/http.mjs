// Twilio's HTTP APIs that Flex asks while it starts and runs, as one pure function of the request.
import { encodeWav } from '../call/wav.mjs';

const json = (body, status = 200) => ({ status, contentType: 'application/json', body: JSON.stringify(body) });

// 100 ms of silence: the sounds Flex plays are of no interest here, but a missing one would be an error.
const SOUND = encodeWav(new Float32Array(800), 8000);

/** The Flex Configuration resource. Flex fails on absent lists and on dates that are not ISO. */
function configurationResource({ sids }, { attributes, uiAttributes, flexVersion }) {
  return {
    account_sid: sids.account,
    flex_instance_sid: sids.flexInstance,
    taskrouter_workspace_sid: sids.workspace,
    taskrouter_target_workflow_sid: sids.workflow,
    taskrouter_target_taskqueue_sid: sids.queue,
    chat_service_instance_sid: sids.chatService,
    flex_service_instance_sid: sids.flexService,
    runtime_domain: 'https://lab-0001.twil.io',
    status: 'ok',
    service_version: '1.0',
    ui_version: flexVersion,
    ui_language: 'en-US',
    date_created: '2026-01-01T00:00:00Z',
    date_updated: '2026-01-01T00:00:00Z',
    call_recording_enabled: false,
    crm_enabled: false,
    taskrouter_skills: [],
    taskrouter_taskqueues: [],
    taskrouter_worker_channels: {},
    outbound_call_flows: {},
    channel_configs: [],
    serverless_service_sids: [],
    notifications: { enabled: false },
    markdown: { enabled: false },
    flex_ui_status_report: { enabled: true },
    debugger_integration: { enabled: false },
    ui_dependencies: {},
    attributes,
    ui_attributes: { version_compatibility: 'yes', version_message: '', ...uiAttributes },
  };
}

/**
 * @typedef {object} FlexService what the account's Flex is set up to be
 * @property {object} attributes of the Flex configuration
 * @property {object} uiAttributes of the Flex configuration
 * @property {string} flexVersion
 * @property {Array<{name: string, version: string, src: string}>} [plugins] released to it
 */

/**
 * @param {import('./world.mjs').World} world
 * @param {import('./taskrouter.mjs').TaskRouter} taskrouter
 * @param {{method: string, url: string, body?: string}} request
 * @param {FlexService} service
 * @returns {{status: number, contentType: string, body: string | Buffer} | undefined} undefined: not a server of Twilio's that the lab knows
 */
export function answer(world, taskrouter, request, service) {
  const { host, pathname } = new URL(request.url);
  if (host === 'flex-api.twilio.com') {
    if (pathname === '/v1/Configuration') return json(configurationResource(world, service));
    if (/\/Tokens\/Info$/.test(pathname)) return tokenInfo(world);
    if (pathname.endsWith('/provision/status')) return json({});
  }
  // Where Flex UI asked before.
  if (host === 'iam.twilio.com' && /\/Tokens\/validate$/.test(pathname)) return tokenInfo(world);
  if (host === 'flex.twilio.com') {
    if (pathname === '/api/v1/Session') return json({ insights_active: false, features: [] });
    if (pathname === '/plugins')
      return json(service.plugins.map((plugin) => ({ ...plugin, phase: 3, flexVersion: '*' })));
  }
  if (host === 'event-bridge.twilio.com') return json(taskrouter.rest(JSON.parse(request.body)));
  if (host === 'status.twilio.com') {
    return json({
      page: {},
      components: [],
      incidents: [],
      scheduled_maintenances: [],
      status: { indicator: 'none', description: 'All Systems Operational' },
    });
  }
  if (host.startsWith('eventgw.')) return json({}); // Voice Insights
  if (/\.mp3$/.test(pathname)) return { status: 200, contentType: 'audio/wav', body: SOUND };
  if (/\/(countries|flagPositions)\.json$/.test(pathname)) return json([]);
  if (/^assets\.(flex\.)?twilio\.com$/.test(host)) return { status: 200, contentType: 'text/css', body: '' };
  return undefined;
}

function tokenInfo({ worker, sids }) {
  const expiration = new Date(Date.now() + 8 * 3600e3).toISOString();
  return json({
    valid: true,
    code: 0,
    message: null,
    identity: worker.identity,
    roles: worker.roles,
    realm_user_id: worker.userName,
    expiration,
    date_expired: expiration,
    flex_user_sid: sids.flexUser,
  });
}
