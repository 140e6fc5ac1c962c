'use strict';

/**
 * The part of Twilio's API that the Function uses, over the state in world.cjs: what the helper library asks is
 * answered with the properties it reads. Each operation has a name, by which faults.cjs finds it.
 */
const { CONFIGURATION_OPERATIONS } = require('./flex-configuration.cjs');
const { MAP_OPERATIONS } = require('./map-operations.cjs');
const { WORKSPACE_SID, makeSid } = require('./world.cjs');

const json = (status, body, headers = {}) => ({ status, body, headers });
const missing = (code = 20404) => json(404, { code, message: 'The requested resource was not found', status: 404 });
const page = (key, items) => json(200, { [key]: items, meta: { key, next_page_url: null } });
const page2010 = (key, items) => json(200, { [key]: items, next_page_uri: null });

/** A missing time is null, or empty. */
const timeOf = (date) => (date instanceof Date ? date.toUTCString() : date);

const callBody = ({ sid, accountSid, from, to, direction, status, startTime, endTime, parentCallSid }) => ({
  sid,
  account_sid: accountSid,
  from,
  to,
  direction,
  status,
  start_time: timeOf(startTime),
  end_time: timeOf(endTime),
  parent_call_sid: parentCallSid,
});

const documentBody = ({ uniqueName, revision, data }) => ({
  sid: makeSid('ET'),
  unique_name: uniqueName,
  revision: String(revision),
  data,
});

const seconds = (date) => `${date.toISOString().slice(0, 19)}Z`;

const serviceBody = ({ sid, uniqueName, friendlyName, aclEnabled, dateCreated }) => ({
  sid,
  unique_name: uniqueName,
  friendly_name: friendlyName,
  acl_enabled: aclEnabled,
  date_created: seconds(dateCreated),
});

const expiry = ({ Ttl }) => (Ttl ? Date.now() + Number(Ttl) * 1000 : Infinity);

// Twilio's limits: of one document's content and name, and how often one is read or written.
const DOCUMENT_MAX_BYTES = 16_384;
const NAME_MAX_LENGTH = 320;
const OBJECT_REQUESTS = 200;
const OBJECT_WINDOW_MS = 10_000;

/** What Sync says about a document of a service: `perform` gets the service and the document, unless its time is over. */
const onDocuments =
  (perform) =>
  (world, { service, document: name, fields, headers }) => {
    const found = world.serviceOf(service);
    if (!found) return missing();
    const uniqueName = name === undefined ? fields.UniqueName : decodeURIComponent(name);
    if (uniqueName.length > NAME_MAX_LENGTH)
      return json(400, { code: 54302, message: 'Invalid unique name', status: 400 });
    if (Buffer.byteLength(fields.Data ?? '') > DOCUMENT_MAX_BYTES)
      return json(413, { code: 54006, message: 'Request entity too large', status: 413 });
    const document = found.documents.get(uniqueName);
    if (document && document.expires <= Date.now()) found.documents.delete(uniqueName);
    if (isTooOften(document)) return json(429, { code: 54009, message: 'Rate limit exceeded', status: 429 });
    return perform({
      documents: found.documents,
      document: found.documents.get(uniqueName),
      uniqueName,
      fields,
      headers,
    });
  };

function isTooOften(document) {
  if (!document) return false;
  document.asked = [...(document.asked ?? []), Date.now()].filter((at) => at > Date.now() - OBJECT_WINDOW_MS);
  return document.asked.length > OBJECT_REQUESTS;
}

const ACCOUNT = '/2010-04-01/Accounts/(?<account>AC[0-9a-fA-F]{32})';
const SERVICE = '/v1/Services/(?<service>[^/]+)';
const SYNC = `${SERVICE}/Documents`;
const TASK = `/v1/Workspaces/${WORKSPACE_SID}/Tasks/(?<task>[^/]+)`;

/** [name, host, method, path, (world, {path parameters, fields, headers}) → answer] */
/** @type {[string, string, string, string, (world: object, request: object) => object][]} */
const TABLE = [
  ...CONFIGURATION_OPERATIONS,
  ...MAP_OPERATIONS,
  [
    'keys.create',
    'api',
    'POST',
    `${ACCOUNT}/Keys\\.json`,
    (world, { fields }) => {
      const key = { sid: makeSid('SK'), friendlyName: fields.FriendlyName ?? null };
      world.keys.push(key);
      return json(201, { sid: key.sid, friendly_name: key.friendlyName, secret: 'a-secret-that-is-shown-once' });
    },
  ],
  [
    'keys.fetch',
    'api',
    'GET',
    `${ACCOUNT}/Keys/(?<key>[^/.]+)\\.json`,
    (world, { key }) => {
      const there = world.keys.find(({ sid }) => sid === key);
      return there ? json(200, { sid: key, friendly_name: there.friendlyName }) : missing();
    },
  ],
  [
    'keys.remove',
    'api',
    'DELETE',
    `${ACCOUNT}/Keys/(?<key>[^/.]+)\\.json`,
    (world, { key }) => {
      const there = world.keys.findIndex(({ sid }) => sid === key);
      if (there < 0) return missing();
      world.keys.splice(there, 1);
      return json(204);
    },
  ],
  [
    'workers.fetch',
    'taskrouter',
    'GET',
    `/v1/Workspaces/${WORKSPACE_SID}/Workers/(?<worker>[^/]+)`,
    (world, { worker }) => {
      const found = world.workers.get(worker);
      return found ? json(200, { sid: worker, attributes: found.attributes }) : missing();
    },
  ],
  [
    'calls.fetch',
    'api',
    'GET',
    `${ACCOUNT}/Calls/(?<call>[^/]+)\\.json`,
    (world, { account, call }) => {
      const found = world.callOf(call);
      return found?.accountSid === account ? json(200, callBody(found)) : missing();
    },
  ],
  [
    'calls.list',
    'api',
    'GET',
    `${ACCOUNT}/Calls\\.json`,
    (world, { account, fields }) =>
      page2010(
        'calls',
        [...world.calls.values()]
          .filter(
            (call) =>
              call.accountSid === account && (!fields.ParentCallSid || call.parentCallSid === fields.ParentCallSid),
          )
          .map(callBody),
      ),
  ],
  [
    'conferences.list',
    'api',
    'GET',
    `${ACCOUNT}/Conferences\\.json`,
    (world, { fields }) =>
      page2010(
        'conferences',
        [...world.conferences.values()]
          .filter(({ friendlyName }) => !fields.FriendlyName || friendlyName === fields.FriendlyName)
          .map(({ sid, friendlyName, status }) => ({ sid, friendly_name: friendlyName, status })),
      ),
  ],
  // Twilio lists only who is there, in a conference that goes on.
  [
    'participants.list',
    'api',
    'GET',
    `${ACCOUNT}/Conferences/(?<conference>[^/]+)/Participants\\.json`,
    (world, { conference }) => {
      const found = world.conferences.get(conference);
      if (!found) return missing();
      return page2010(
        'participants',
        found.status === 'completed'
          ? []
          : found.callSids.map((callSid) => ({ call_sid: callSid, conference_sid: conference })),
      );
    },
  ],
  [
    'messages.create',
    'api',
    'POST',
    `${ACCOUNT}/Messages\\.json`,
    (world, { fields }) => {
      const message = {
        sid: makeSid('SM'),
        to: fields.To,
        from: fields.From,
        messagingServiceSid: fields.MessagingServiceSid,
        body: fields.Body,
      };
      world.messages.push(message);
      return json(201, { sid: message.sid, to: message.to, status: 'queued' });
    },
  ],
  [
    'insights.participants.list',
    'insights',
    'GET',
    '/v1/Conferences/(?<conference>[^/]+)/Participants',
    (world, { conference }) => {
      const found = world.conferences.get(conference);
      if (!found?.inInsights) return missing();
      return page(
        'participants',
        found.callSids.map((callSid) => ({ call_sid: callSid, conference_sid: conference })),
      );
    },
  ],
  [
    'annotation.fetch',
    'insights',
    'GET',
    '/v1/Voice/(?<call>[^/]+)/Annotation',
    (world, { call }) =>
      world.annotations.has(call) ? json(200, { call_sid: call, ...world.annotations.get(call) }) : missing(),
  ],
  [
    'annotation.update',
    'insights',
    'POST',
    '/v1/Voice/(?<call>[^/]+)/Annotation',
    (world, { call, fields }) => {
      const before = world.annotations.get(call) ?? {};
      const annotation = {
        ...before,
        ...('QualityIssues' in fields && { quality_issues: fields.QualityIssues.split(',') }),
        ...('ConnectivityIssue' in fields && { connectivity_issue: fields.ConnectivityIssue }),
        ...('Comment' in fields && { comment: fields.Comment }),
      };
      world.annotations.set(call, annotation);
      return json(200, { call_sid: call, ...annotation });
    },
  ],
  [
    'sync.services.create',
    'sync',
    'POST',
    '/v1/Services',
    (world, { fields }) =>
      json(
        201,
        serviceBody(
          world.addSyncService({ friendlyName: fields.FriendlyName, aclEnabled: fields.AclEnabled === 'true' }),
        ),
      ),
  ],
  [
    'sync.services.list',
    'sync',
    'GET',
    '/v1/Services',
    (world) => page('services', [...world.services.values()].map(serviceBody)),
  ],
  [
    'sync.services.fetch',
    'sync',
    'GET',
    SERVICE,
    (world, { service }) => {
      const found = world.serviceOf(service);
      return found ? json(200, serviceBody(found)) : missing();
    },
  ],
  [
    'sync.services.update',
    'sync',
    'POST',
    SERVICE,
    (world, { service, fields }) => {
      const found = world.serviceOf(service);
      if (!found) return missing();
      if ('AclEnabled' in fields) found.aclEnabled = fields.AclEnabled === 'true';
      return json(200, serviceBody(found));
    },
  ],
  [
    'sync.services.remove',
    'sync',
    'DELETE',
    SERVICE,
    (world, { service }) => (world.services.delete(service) ? json(204) : missing()),
  ],
  [
    'sync.documents.create',
    'sync',
    'POST',
    SYNC,
    onDocuments(({ documents, document, uniqueName, fields }) => {
      if (document) return json(409, { code: 54301, message: 'Unique name already exists', status: 409 });
      const created = { uniqueName, revision: 0, data: JSON.parse(fields.Data ?? '{}'), expires: expiry(fields) };
      documents.set(uniqueName, created);
      return json(201, documentBody(created));
    }),
  ],
  [
    'sync.documents.fetch',
    'sync',
    'GET',
    `${SYNC}/(?<document>[^/]+)`,
    onDocuments(({ document }) => (document ? json(200, documentBody(document)) : missing(54100))),
  ],
  [
    'sync.documents.update',
    'sync',
    'POST',
    `${SYNC}/(?<document>[^/]+)`,
    onDocuments(({ document, fields, headers }) => {
      if (!document) return missing(54100);
      const expected = headers['if-match'];
      if (expected !== undefined && expected !== String(document.revision)) {
        return json(412, {
          code: 54103,
          message: 'The revision of the Document does not match the expected revision',
          status: 412,
        });
      }
      Object.assign(document, {
        revision: document.revision + 1,
        data: JSON.parse(fields.Data),
        expires: expiry(fields),
      });
      return json(200, documentBody(document));
    }),
  ],
  // Without a date, of the last fifteen minutes.
  [
    'events.list',
    'taskrouter',
    'GET',
    `/v1/Workspaces/${WORKSPACE_SID}/Events`,
    (world, { fields }) => {
      const since = fields.StartDate ? new Date(fields.StartDate) : new Date(Date.now() - 15 * 60_000);
      return page(
        'events',
        world.events
          .filter(
            ({ date, eventType, taskSid, workerSid }) =>
              date >= since &&
              (!fields.EventType || eventType === fields.EventType) &&
              (!fields.TaskSid || taskSid === fields.TaskSid) &&
              (!fields.WorkerSid || workerSid === fields.WorkerSid),
          )
          .map(({ eventType, actorType, date, data }) => ({
            sid: makeSid('EV'),
            event_type: eventType,
            actor_type: actorType,
            event_date: seconds(date),
            event_data: data,
          })),
      );
    },
  ],
  [
    'reservations.list',
    'taskrouter',
    'GET',
    `${TASK}/Reservations`,
    (world, { task, fields }) => {
      const found = world.tasks.get(task);
      if (!found) return missing();
      return page(
        'reservations',
        found.reservations
          .filter(({ workerSid }) => !fields.WorkerSid || workerSid === fields.WorkerSid)
          .map(({ sid, workerSid, status }) => ({
            sid,
            task_sid: task,
            worker_sid: workerSid,
            reservation_status: status,
          })),
      );
    },
  ],
  [
    'tasks.fetch',
    'taskrouter',
    'GET',
    TASK,
    (world, { task }) => {
      const found = world.tasks.get(task);
      return found ? json(200, { sid: task, attributes: found.attributes }, { ETag: `"${found.version}"` }) : missing();
    },
  ],
  [
    'tasks.update',
    'taskrouter',
    'POST',
    TASK,
    (world, { task, fields, headers }) => {
      const found = world.tasks.get(task);
      if (!found) return missing();
      if (headers['if-match'] !== undefined && headers['if-match'] !== `"${found.version}"`) {
        return json(412, { code: 20412, message: 'Precondition Failed', status: 412 });
      }
      try {
        JSON.parse(fields.Attributes);
      } catch {
        return json(400, { code: 20001, message: 'Attributes must be valid JSON', status: 400 });
      }
      Object.assign(found, { attributes: fields.Attributes, version: found.version + 1 });
      return json(200, { sid: task, attributes: fields.Attributes }, { ETag: `"${found.version}"` });
    },
  ],
];

const OPERATIONS = TABLE.map(([name, host, method, path, perform]) => ({
  name,
  host: `${host}.twilio.com`,
  method,
  path: new RegExp(`^${path}$`),
  perform,
}));

/** @returns {{name: string, perform: (world, request) => object, parameters: object} | undefined} */
function operationFor({ host, method, path }) {
  for (const { name, perform, ...operation } of OPERATIONS) {
    const found = operation.host === host && operation.method === method && operation.path.exec(path);
    if (found) return { name, perform, parameters: { ...found.groups } };
  }
  return undefined;
}

module.exports = { NAMES: OPERATIONS.map(({ name }) => name), operationFor };
