//! The TypeScript of what crosses the boundary as objects ([`super::view`] reads and writes them).

use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPESCRIPT: &str = r"
/** What the page knows when the monitor is made. */
export interface Setup {
  /** `DeviceMonitoringPlugin` in the attributes of appConfig.js. */
  appConfig?: unknown;
  /** `DeviceMonitoringPlugin` in `ui_attributes` of the Flex configuration. */
  uiAttributes?: unknown;
  /** `DeviceMonitoringPlugin` in `attributes` of the Flex configuration. */
  attributes?: unknown;
  /** Where the Function is: the address without the Function's name. */
  serverlessUri?: string;
  pluginVersion?: string;
  flexUiVersion?: string;
  /** The browser's own description of itself. */
  browser?: string;
  workerSid?: string;
  /** Names this page among the tabs of its browser. */
  tab?: string;
}

/** What Flex knows about a call. Absent values change nothing. */
export interface CallContext {
  /** Which way the call was made, whichever way it rang. */
  direction?: 'inbound' | 'outbound';
  taskSid?: string;
  reservationSid?: string;
  conferenceSid?: string;
  /** The customer's number. */
  callerId?: string;
  /** The number that the customer called, or that was shown to them. */
  dnis?: string;
  /** Twilio's edge that the call goes through. */
  edge?: string;
  voiceSdkVersion?: string;
  /** Name of the agent's microphone. */
  microphone?: string;
  /** Name of what the agent hears the customer through. */
  speaker?: string;
}

/** What Flex shows of a call's conference: type and status of a participant in Flex's own words. */
export interface ConferenceState {
  /** The agent's own leg is on hold. */
  onHold: boolean;
  /** Everybody else. */
  others: { type?: string; status?: string; onHold: boolean }[];
}

/** One sentence about the agent's equipment; what to do is the text of the same key with `Advice` behind it. */
export interface Remark {
  severity: 'recovered' | 'warning' | 'critical';
  text: Text;
}

/** What is configured, where that was found, and what is to be said about it, worst first. */
export interface ConfigurationReport {
  source: 'appConfig' | 'ui_attributes' | 'attributes' | 'defaults';
  /** False: the admin has switched the plugin off. */
  enabled: boolean;
  /** Whether agents are to see anything. */
  alertAgent: boolean;
  /** Whether agents have their own panel, report and check. */
  agentTools: boolean;
  /** Whether the last calls are kept in the browser. */
  recordCalls: boolean;
  /** Whether Flex's own badge is to go. */
  hideFlexIndicator: boolean;
  findings: { severity: 'error' | 'warning' | 'info'; property: string; message: string }[];
}

/** A text of `manager.strings` and what goes into its `{{places}}`: where that is the key of a text, the text. */
export interface Text {
  key: string;
  params: Record<string, string>;
}

/** What the agent is shown during a call. */
export interface Notice {
  /** Stays the same while the notice changes with the trouble. */
  id: number;
  phase: 'active' | 'recovered' | 'snoozed';
  diagnosis: 'connection-lost' | 'customer-cannot-hear-you' | 'no-audio-from-customer' | 'your-microphone' | 'your-network' | 'signaling-lost' | 'can-customer-hear-you';
  severity: 'critical' | 'warning' | 'information' | 'recovered' | 'snoozed';
  /** The role of the live region, none if it is not to be read out: `alert` interrupts a screen reader. */
  announce: 'alert' | 'status' | 'none';
  /** What to do about it is the text of the same key with `Advice` behind it, where there is one. */
  symptom: Text;
}

/** A stretch of a call, in milliseconds since it was accepted; null while it lasts. */
export interface Stretch {
  from: number;
  until: number | null;
}

/** What the agent's panel shows of a call. */
export interface Panel {
  /** How long the call has lasted, in milliseconds. */
  elapsed: number;
  /** How long each point of the charts stands for, in milliseconds. */
  step: number;
  /** `name`, unit and range as in an alert's metrics; a point is null where nothing was known. */
  charts: { name: string; threshold: number | null; points: (number | null)[]; troubles: Stretch[] }[];
  /** What happened, oldest first: `what` is the key of a text. */
  happenings: (Stretch & { what: string })[];
}

/** Who is signed in, and the Flex token of this moment. */
export interface Session {
  token?: string;
  workerSid?: string;
}

/** An alert that the server has not taken, or not yet. */
export interface KeptAlert {
  id: string;
  /** When it was made, in milliseconds since 1970. */
  created: number;
  attempts: number;
  /** Why it is not tried any more; null: it is. */
  refused: string | null;
  /** Why the server did not take it last time; null: there is no answer yet, or it is not tried any more. */
  waiting: string | null;
}

/** Why a call deserves an alert. */
export interface Reason {
  rule: 'shortCall' | 'endedInWarning' | 'warningDurPct' | 'agentReport';
  value: number;
  threshold: number;
  text: string;
}

/** What the engine wants the page to do. */
export type Effect =
  /** This call's notice changed; null: nothing to show any more. */
  | { type: 'notice'; call: number; notice: Notice | null }
  /** Show this as the one notification in place of the one before; null: take it down. */
  | { type: 'toast'; notice: Notice | null }
  /** The call is over, with the alert for the agent, if any; quiet: without a notification. Reasons: of its verdict. */
  | { type: 'ended'; call: number; text: Text | null; quiet: boolean; reasons: Reason[] | null }
  /** The agent's report of a problem is noted; reasons: of the verdict as it is now, if the call is over. */
  | { type: 'reported'; call: number; reasons: Reason[] | null };

/**
 * What to do after a method of the monitor has thrown: the same once more, leave it out, leave the call out as well, or
 * call the monitor no more.
 */
export type AfterFailure = 'again' | 'skip' | 'give-up' | 'stop';
";

#[wasm_bindgen]
extern "C" {
    /// See the TypeScript.
    #[wasm_bindgen(typescript_type = "Setup")]
    pub type Setup;
    /// See the TypeScript.
    #[wasm_bindgen(typescript_type = "CallContext")]
    pub type Context;
    /// See the TypeScript.
    #[wasm_bindgen(typescript_type = "ConferenceState")]
    pub type ConferenceState;
    /// See the TypeScript.
    #[wasm_bindgen(typescript_type = "ConfigurationReport")]
    pub type ConfigurationReport;
    /// Called with every effect, from inside the methods or from the monitor's own timer.
    #[wasm_bindgen(typescript_type = "(effect: Effect) => void")]
    pub type OnEffect;
    #[wasm_bindgen(method, catch)]
    pub(super) fn call(this: &OnEffect, context: &JsValue, effect: &JsValue) -> Result<(), JsValue>;
    /// A text, if there is any. As JavaScript has it: for each that is copied on its way the glue has to see to its memory.
    #[wasm_bindgen(typescript_type = "string | undefined")]
    pub type MaybeText;
    /// Numbers.
    #[wasm_bindgen(typescript_type = "number[]")]
    pub type Numbers;
    /// See the TypeScript.
    #[wasm_bindgen(typescript_type = "() => Session")]
    pub type ReadSession;
    /// See the TypeScript.
    #[wasm_bindgen(typescript_type = "AfterFailure")]
    pub type AfterFailure;
    /// See the TypeScript.
    #[wasm_bindgen(typescript_type = "Remark[]")]
    pub type Remarks;
    /// See the TypeScript.
    #[wasm_bindgen(typescript_type = "Panel | null")]
    pub type MaybePanel;
    /// See the TypeScript.
    #[wasm_bindgen(typescript_type = "KeptAlert[]")]
    pub type KeptAlerts;
}
