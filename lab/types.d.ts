/**
 * What the lab's scripts and Flex leave in a page. It is set in one script and used by another, or inside of Playwright's
 * `evaluate`, where only JSON comes back: no type would hold on the way.
 */
interface Window {
  [name: `lab${string}`]: any;
  farEnd: any;
  Twilio: any;
}
