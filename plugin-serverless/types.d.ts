/**
 * What Twilio's Runtime gives to a Function, for the types' sake. Deployed files have no names: one reaches another by
 * `require(Runtime.getFunctions()['lib/refusal'].path)`, and here that has the types of the file it stands for.
 */
import type { AssetResourceMap, TwilioResponse } from '@twilio-labs/serverless-runtime-types/types';

/** What `cargo xtask build` makes of `src/web/serverless.rs`. */
interface Engine {
  judgeIncidents(state: string, beats: string, now: number): string;
  describeIncident(kind: string, incident: string): string;
}

export interface Parts {
  'generated/incidents': Engine;
  'lib/act-on-incidents': typeof import('./functions/lib/act-on-incidents.private.js');
  'lib/action-not-performed': typeof import('./functions/lib/action-not-performed.private.js');
  'lib/action-readiness': typeof import('./functions/lib/action-readiness.private.js');
  'lib/actions': typeof import('./functions/lib/actions.private.js');
  'lib/answer': typeof import('./functions/lib/answer.private.js');
  'lib/handler': typeof import('./functions/lib/handler.private.js');
  'lib/call': typeof import('./functions/lib/call.private.js');
  'lib/call-reports-request': typeof import('./functions/lib/call-reports-request.private.js');
  'lib/claim': typeof import('./functions/lib/claim.private.js');
  'lib/voice-client-name': typeof import('./functions/lib/voice-client-name.private.js');
  'lib/cloudevents': typeof import('./functions/lib/cloudevents.private.js');
  'lib/configuration-history': typeof import('./functions/lib/configuration-history.private.js');
  'lib/configuration-request': typeof import('./functions/lib/configuration-request.private.js');
  'lib/customer': typeof import('./functions/lib/customer.private.js');
  'lib/flex-configuration-api': typeof import('./functions/lib/flex-configuration-api.private.js');
  'lib/flex-token': typeof import('./functions/lib/flex-token.private.js');
  'lib/floor-store': typeof import('./functions/lib/floor-store.private.js');
  'lib/incident-actions': typeof import('./functions/lib/incident-actions.private.js');
  'lib/incident-store': typeof import('./functions/lib/incident-store.private.js');
  'lib/json-edit': typeof import('./functions/lib/json-edit.private.js');
  'lib/judge-incidents': typeof import('./functions/lib/judge-incidents.private.js');
  'lib/keyed-hash': typeof import('./functions/lib/keyed-hash.private.js');
  'lib/log': typeof import('./functions/lib/log.private.js');
  'lib/network-name': typeof import('./functions/lib/network-name.private.js');
  'lib/options': typeof import('./functions/lib/options.private.js');
  'lib/otlp-logs': typeof import('./functions/lib/otlp-logs.private.js');
  'lib/otlp-metrics': typeof import('./functions/lib/otlp-metrics.private.js');
  'lib/otlp-values': typeof import('./functions/lib/otlp-values.private.js');
  'lib/phone-number': typeof import('./functions/lib/phone-number.private.js');
  'lib/post': typeof import('./functions/lib/post.private.js');
  'lib/public-address': typeof import('./functions/lib/public-address.private.js');
  'lib/several-actions': typeof import('./functions/lib/several-actions.private.js');
  'lib/shared-rate-limit': typeof import('./functions/lib/shared-rate-limit.private.js');
  'lib/recording-limit': typeof import('./functions/lib/recording-limit.private.js');
  'lib/recording-piece-request': typeof import('./functions/lib/recording-piece-request.private.js');
  'lib/refusal': typeof import('./functions/lib/refusal.private.js');
  'lib/instance-rate-limit': typeof import('./functions/lib/instance-rate-limit.private.js');
  'lib/request': typeof import('./functions/lib/request.private.js');
  'lib/roles': typeof import('./functions/lib/roles.private.js');
  'lib/run-once': typeof import('./functions/lib/run-once.private.js');
  'lib/schema': typeof import('./functions/lib/schema.private.js');
  'lib/sync-documents': typeof import('./functions/lib/sync-documents.private.js');
  'lib/task-event': typeof import('./functions/lib/task-event.private.js');
  'lib/telemetry': typeof import('./functions/lib/telemetry.private.js');
  'lib/telemetry-entry': typeof import('./functions/lib/telemetry-entry.private.js');
  'lib/twilio': typeof import('./functions/lib/twilio.private.js');
  'lib/worker-team': typeof import('./functions/lib/worker-team.private.js');
  'lib/checked-configuration-write': typeof import('./functions/lib/checked-configuration-write.private.js');
}

type NameIn<Key> = Key extends `lib/${infer Name}` ? Name : never;

export type PartName = NameIn<keyof Parts>;

declare global {
  var Twilio: { Response: new () => TwilioResponse };
  var Runtime: {
    getFunctions(): { [Name in keyof Parts]: { path: Name } };
    getAssets(): AssetResourceMap;
  };

  namespace NodeJS {
    interface Require {
      <Name extends keyof Parts>(path: Name): Parts[Name];
    }
  }
}
