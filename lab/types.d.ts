/**
 * What the lab's scripts, Flex and others leave in a page. It is set in one script and used by another, or inside of
 * Playwright's `evaluate`, where only JSON comes back: no type would hold on the way.
 */
interface Window {
  MediaStreamTrackProcessor: any;
  [name: `lab${string}`]: any;
  farEnd: any;
  Twilio: any;
  appConfig: any;
  axe: any;
  Detector: any;
}

/** Chromium has more than the standard library knows. */
interface Screen {
  availLeft?: number;
  availTop?: number;
}
interface RTCRtpTransceiver {
  getHeaderExtensionsToNegotiate(): { uri: string; direction: RTCRtpTransceiverDirection }[];
  setHeaderExtensionsToNegotiate(extensions: { uri: string; direction: RTCRtpTransceiverDirection }[]): void;
}

/** Bundled from the plugin's packages, which Node does not find from here. */
declare module '@twilio/flex-ui';
