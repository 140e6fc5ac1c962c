/** A Function that tells a centre's own monitoring, and the receiver that it tells. */
import { startHosted } from './hosted.mjs';
import { startReceiver } from './receiver.mjs';
import { callSid, card, cardsForm } from './reports.mjs';
import worldModule from './twilio/world.cjs';

export const EVENTS = 'https://events.example.com/hook?from=flex';
export const COLLECTOR = 'https://collector.example.com';
export const SECRET = 'a-secret-of-the-function-and-nobody-else';
export const CLOUDEVENTS = { CLOUDEVENTS_URL: EVENTS };
export const OTLP = { OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR };
export const BOTH = { ...CLOUDEVENTS, ...OTLP };
const WORKSPACE = { TASKROUTER_WORKSPACE_SID: worldModule.WORKSPACE_SID };
/** What is posted to which path. */
export const FORMS = { '/hook?from=flex': 'cloudevent', '/v1/logs': 'logs', '/v1/metrics': 'metrics' };

export async function startTelemetry() {
  const hosted = await startHosted();
  const receiver = await startReceiver(['events.example.com', 'collector.example.com']);
  let cards = 0;
  return {
    hosted,
    receiver,
    send: (action, changes, env) => hosted.report(action, changes, {}, env),
    sendCards: (list, env, fields) => hosted.ask('calls', cardsForm(list, fields), { ...WORKSPACE, ...env }),
    /** A card that no test has sent before. */
    newCard(changes) {
      cards += 1;
      return card({ callSid: callSid(5_000 + cards), ...changes });
    },
    failures: () => hosted.entries('telemetry-failed'),
    reset() {
      hosted.reset();
      receiver.reset();
    },
    async stop() {
      receiver.stop();
      await hosted.stop();
    },
  };
}

/** OpenTelemetry's attributes as an object. */
export const plain = (attributes) =>
  Object.fromEntries(
    attributes.map(({ key, value }) => {
      const [one] = Object.values(value);
      return [key, one.values?.map(({ stringValue }) => stringValue) ?? one];
    }),
  );
