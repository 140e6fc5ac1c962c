/**
 * What Twilio's Runtime gives to a Function, for the types' sake. Deployed files have no names: one reaches another by
 * `require(Runtime.getFunctions()['shared/refusal'].path)`, and here that has the types of the file it stands for.
 */
import type { AssetResourceMap, TwilioResponse } from '@twilio-labs/serverless-runtime-types/types';

export interface Parts {
  'shared/act': typeof import('./functions/shared/act.private.js');
  'shared/actions': typeof import('./functions/shared/actions.private.js');
  'shared/alert-schema': typeof import('./functions/shared/alert-schema.private.js');
  'shared/answer': typeof import('./functions/shared/answer.private.js');
  'shared/call': typeof import('./functions/shared/call.private.js');
  'shared/claim': typeof import('./functions/shared/claim.private.js');
  'shared/client-address': typeof import('./functions/shared/client-address.private.js');
  'shared/customer': typeof import('./functions/shared/customer.private.js');
  'shared/documents': typeof import('./functions/shared/documents.private.js');
  'shared/flex-token': typeof import('./functions/shared/flex-token.private.js');
  'shared/log': typeof import('./functions/shared/log.private.js');
  'shared/not-done': typeof import('./functions/shared/not-done.private.js');
  'shared/options': typeof import('./functions/shared/options.private.js');
  'shared/phone-number': typeof import('./functions/shared/phone-number.private.js');
  'shared/public-address': typeof import('./functions/shared/public-address.private.js');
  'shared/rate-limit': typeof import('./functions/shared/rate-limit.private.js');
  'shared/refusal': typeof import('./functions/shared/refusal.private.js');
  'shared/request': typeof import('./functions/shared/request.private.js');
  'shared/task-event': typeof import('./functions/shared/task-event.private.js');
  'shared/twilio': typeof import('./functions/shared/twilio.private.js');
}

export type Shared = keyof Parts extends `shared/${infer Name}` ? Name : never;

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
