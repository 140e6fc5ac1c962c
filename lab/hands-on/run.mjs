// The hands-on lab on the terminal: says what is there and how to stop, and ends everything it started.
import path from 'node:path';
import { NoDisplayError } from '../page/browser.mjs';
import { findBrowser } from '../page/find-browser.mjs';
import { startTimeOf, formatStartTime } from '../start-time.mjs';
import { openHandsOn } from './open.mjs';

export { NoDisplayError };

const whatIsThere = (lab, startTime) => `
Two windows are open.
  Flex       the real Flex UI ${lab.flexBundle.flexVersion} with the plugin; an agent is signed in
  the panel  plays the customer, the network, the microphone and the Function, and shows what comes of it

  browser    ${lab.browser.version()}, ${findBrowser()}; it reaches this machine only
  Function   twilio-run on ${lab.function.url}

${startTime}

Close one of the windows, or press Ctrl-C here, to end everything.`;

const COLLEAGUES = `
Simulated colleagues are in calls beside you, and every call is reported.`;

/** @param {{plugin?: string, microphone?: 'real', adminView?: boolean, floor?: boolean}} choice */
export async function handsOn({ plugin, microphone, adminView, floor } = {}) {
  const interrupted = new Promise((resolve) => process.once('leave', resolve));
  console.log('Starting the browser, Flex and the Function…');
  const opening = openHandsOn({ plugin: plugin && path.resolve(plugin), microphone, adminView, floor });
  const handsOnLab = await Promise.race([opening, interrupted]);
  if (!handsOnLab) {
    // Ctrl-C before it was up
    await opening.then(
      ({ close }) => close(),
      () => {},
    );
    return;
  }
  const { lab, closed, close } = handsOnLab;
  console.log(whatIsThere(lab, await startTimeOf(lab).then(formatStartTime, (error) => error.message)));
  if (floor) console.log(COLLEAGUES);
  await Promise.race([closed, interrupted]);
  console.log('Ending the lab…');
  await close();
}
