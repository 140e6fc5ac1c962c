// The lab as its users see it: verbs for what a caller, an agent and a network do, and what the agent then sees.
import { createRequire } from 'node:module';
import path from 'node:path';
import { presets } from '../network/presets.mjs';
import { Stage } from './stage.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const NOTICE = '[data-testid=device-monitoring-notice]';
/**
 * How often the page itself looks for what may be there for a few seconds only: from out here, a busy machine may look too
 * late.
 */
const LOOK_EVERY_MS = 50;

const isAlertOf = (call, { fields }) => fields.alert?.callSid === call.callSid;

export class Lab extends Stage {
  /** Playwright's session with `page`, in which the pressure is or was overridden: the override ends with it. */
  #pressing = { page: undefined, session: undefined, isOverridden: false };

  /** A caller dials in; done when the agent sees the task. */
  async callIn(caller = {}) {
    const task = this.world.offerCall(caller);
    await this.#acceptButton().waitFor({ timeout: 15_000 });
    return task;
  }

  #acceptButton() {
    return this.page.locator('.Twilio-TaskButton-Accept').first();
  }

  /**
   * The agent accepts; done when the call is up and the call's canvas is on screen. During another call Flex asks whether
   * to end that one, since the Voice SDK has one call at a time, and the agent says yes.
   */
  async accept(task) {
    const other = this.world.openTasks().some(({ reservationStatus }) => reservationStatus === 'accepted');
    // A bar of Flex's own may lie over it, and an agent closes that.
    await this.#acceptButton()
      .click({ timeout: 3000 })
      .catch(async () => {
        await this.closeToasts();
        // Disabled or gone, it has been clicked, and only the answer to that came late.
        const isLeft = await this.#acceptButton()
          .isEnabled({ timeout: 1000 })
          .catch(() => false);
        if (isLeft) await this.#acceptButton().click();
      });
    if (other) await this.acceptEndingTheOther();
    await this.sdk.waitFor('the accepted call', (event) => event.type === 'accept' && event.callSid === task.callSid, {
      timeoutMs: 40_000,
    });
    await this.page.locator('.Twilio-CallCanvas').first().waitFor({ timeout: 15_000 });
  }

  /** Yes to Flex's question whether to end the current call for the one that rings. */
  async acceptEndingTheOther() {
    // Flex's own label for assistive technology is the untranslated key of a text, so the button is found by its words.
    await this.page.locator('.Twilio-NotificationBar').getByText('Accept', { exact: true }).click();
  }

  /**
   * Spoils a call's network until the next `spoil` or `heal`.
   * @param {'up'|'down'|'both'} direction up is agent to Twilio
   * @param {string | import('../network/impairment.mjs').Impairment} impairment or the name of a preset
   */
  spoil(task, direction, impairment) {
    const relay = this.farEnd.relayOf(task);
    if (typeof impairment !== 'string') return relay.set(direction, impairment);
    const preset = presets[impairment];
    if (!preset)
      throw new Error(`there is no network called "${impairment}"; there are ${Object.keys(presets).join(', ')}`);
    for (const name of direction === 'both' ? ['up', 'down'] : [direction]) relay.set(name, preset[name]);
    return undefined;
  }

  heal(task) {
    this.farEnd.relayOf(task).set('both', {});
  }

  /** The agent clicks Hang Up, or the customer is gone. Done when the SDK says so. */
  async hangUp(task, by = 'agent') {
    if (by === 'agent') await this.#callControl('Hang up').click();
    else this.world.endCall(task, by);
    await this.sdk.waitFor(
      'the end of the call',
      (event) => event.type === 'disconnect' && event.callSid === task.callSid,
    );
  }

  /** A button among the call's controls; those at the task's head may lie under a notification bar. */
  #callControl(name) {
    return this.page.getByRole('button', { name, exact: true }).last();
  }

  /** The agent puts the customer on hold or takes them back; done when Flex shows it. */
  async hold(task, held) {
    await this.page.waitForFunction((sid) => {
      const { tasks } = window.Twilio.Flex.Manager.getInstance().store.getState().flex.worker;
      return tasks.get(sid)?.conference?.participants?.length >= 2;
    }, task.reservationSid);
    await this.#callControl(held ? 'Hold Customer' : 'Unhold Customer').click();
    await this.#callControl(held ? 'Unhold Customer' : 'Hold Customer').waitFor();
  }

  /** The agent mutes or unmutes; done when the SDK says so. */
  async mute(task, muted) {
    const from = this.sdk.all.length;
    await this.#callControl(muted ? 'Mute' : 'Unmute').click();
    await this.sdk.waitFor(
      'the mute',
      (event) => event.type === 'mute' && event.muted === muted && event.callSid === task.callSid,
      { from },
    );
  }

  /**
   * The agent, a supervisor, listens in to a colleague's call, by Flex's own Teams View. Done when Flex knows that they do.
   * @param {object} task of `world.callColleague`
   * @returns {Promise<object>} the supervisor's own call, as the world keeps it
   */
  async monitor(task) {
    const from = this.sdk.all.length;
    const callOf = ({ callSid }) =>
      this.world.directCalls.find((call) => call.callSid === callSid && call.monitored === task);
    await this.page.getByRole('link', { name: 'Teams', exact: true }).click();
    await this.page
      .getByText(task.from.replace(/^\+1(...)(...)(....)$/, '+1 $1-$2-$3'))
      .first()
      .click();
    await this.page.getByRole('button', { name: 'Monitor Call', exact: true }).click();
    const accepted = await this.sdk.waitFor(
      'the call to the supervisor',
      (event) => event.type === 'accept' && callOf(event) !== undefined,
      { timeoutMs: 20_000, from },
    );
    await this.page.waitForFunction(
      () => window.Twilio.Flex.Manager.getInstance().store.getState().flex.supervisor.callMonitoring.status === 2,
    );
    return callOf(accepted);
  }

  /** The supervisor stops listening, by the same button; done when the SDK says so. */
  async stopMonitoring(call) {
    await this.page.getByRole('button', { name: 'Stop Monitoring Call', exact: true }).first().click();
    await this.sdk.waitFor(
      'the end of the call',
      (event) => event.type === 'disconnect' && event.callSid === call.callSid,
    );
  }

  /** The supervisor is muted in the conference that they monitor, or can be heard there. */
  muteSupervisor({ monitored, callSid }, muted) {
    this.world.updateParticipant(monitored, callSid, { muted });
  }

  /** Wrap-up is over; done when the task has left the agent's list. */
  async complete(task) {
    this.world.advance(task, 'completed');
    await this.#untilGone(task);
  }

  /** Done when the task has left the agent's list. */
  async #untilGone(task) {
    await this.page.waitForFunction(
      (sid) => !window.Twilio.Flex.Manager.getInstance().store.getState().flex.worker.tasks.has(sid),
      task.reservationSid,
    );
  }

  /** The agent logs out, as by Flex's menu. */
  async logOut() {
    const offline = this.world.activities.find(({ available }) => !available);
    await this.page.evaluate((activitySid) => {
      window.Twilio.Flex.Actions.invokeAction('Logout', { activitySid, forceLogout: true }).catch(() => {}); // the page goes meanwhile
    }, offline.sid);
  }

  /** The agent opens a tab of the task, as "Info" or "Call". */
  async openTab(name) {
    await this.page.locator('.Twilio-TaskCanvasTabs').getByText(name, { exact: true }).first().click();
  }

  /** The state in the header, as the agent and a screen reader have it. */
  async header() {
    return this.page.getByTestId('device-monitoring-header').evaluate((/** @type {HTMLElement} */ element) => ({
      ...element.dataset,
      title: element.title,
      text: element.textContent,
    }));
  }

  /** Waits until the state in the header is this one. @param {string} severity */
  async waitForHeader(severity, { timeoutMs = 30_000 } = {}) {
    await this.page.waitForFunction(
      (selector) => document.querySelector(selector) !== null,
      `[data-testid=device-monitoring-header][data-severity=${severity}]`,
      { timeout: timeoutMs, polling: LOOK_EVERY_MS },
    );
  }

  /** The agent presses the button of the notice with the keyboard: snoozes the call, or no longer does. */
  async pressSnooze() {
    await this.page.getByTestId('device-monitoring-snooze').focus();
    await this.page.keyboard.press('Enter');
  }

  /** The agent has their equipment checked, from the header: every remark, as it is read. */
  async check() {
    const panel = this.page.getByTestId('device-monitoring-panel');
    if (!(await panel.isVisible())) await this.page.getByTestId('device-monitoring-header').click();
    const check = panel.getByTestId('device-monitoring-check');
    await check.getByRole('button').click();
    await check.locator('[data-severity]').first().waitFor({ timeout: 20_000 });
    return check.locator('[data-severity]').evaluateAll((/** @type {HTMLElement[]} */ remarks) =>
      remarks.map(({ dataset, innerText }) => ({
        severity: dataset.severity,
        code: dataset.code,
        text: innerText.replace(/\s+/g, ' ').trim(),
      })),
    );
  }

  /** The agent looks at no task at all. */
  async lookAway() {
    await this.page.evaluate(() => window.Twilio.Flex.Actions.invokeAction('SelectTask', { sid: undefined }));
    await this.page.locator('.Twilio-CallCanvas').first().waitFor({ state: 'detached' });
  }

  /** The agent looks at a task. */
  async lookAt(task) {
    await this.page.evaluate(
      (sid) => window.Twilio.Flex.Actions.invokeAction('SelectTask', { sid }),
      task.reservationSid,
    );
    await this.page.locator('.Twilio-CallCanvas').first().waitFor();
  }

  /** The agent leaves the task and comes back to it, which makes Flex build its canvas anew. */
  async lookAwayAndBack(task) {
    await this.lookAway();
    await this.lookAt(task);
  }

  /** The agent's microphone is there and gives no sound: zeros to the Voice SDK, as from a headset's mute switch. */
  async silenceMicrophone(silent = true) {
    await this.page.evaluate((value) => window.labMicrophone.silence(value), silent);
  }

  /** Flex's page has no time for anything else for so many ms of each second from now on; 0: for all of it again. */
  async keepBusy(ms) {
    await this.page.evaluate((length) => {
      clearInterval(window.labBusy);
      if (!length) return;
      window.labBusy = setInterval(() => {
        const until = performance.now() + length;
        while (performance.now() < until);
      }, 1000);
    }, ms);
  }

  /** The agent pulls the plug: tracks end, the list of devices is without a microphone, `devicechange` fires. */
  async unplugMicrophone() {
    await this.page.evaluate(() => window.labMicrophone.unplug());
  }

  async plugMicrophone() {
    await this.page.evaluate(() => window.labMicrophone.plug());
  }

  /**
   * The processor is so busy as this, to the page: one of W3C's `PressureState`s; none: as it really is. Who observes the
   * pressure goes on with what there was when they began, the real one or this: so the first state of a call is set before it.
   */
  async press(state) {
    if (this.#pressing.page !== this.page) {
      const session = await this.page.context().newCDPSession(this.page);
      this.#pressing = { page: this.page, session, isOverridden: false };
    }
    const { session, isOverridden } = this.#pressing;
    const source = { source: 'cpu' };
    if (isOverridden !== Boolean(state)) {
      if (this.world.openTasks().length > 0)
        throw new Error(
          'nobody in a call would hear of it: the pressure is overridden before one, and until it is over',
        );
      await session.send('Emulation.setPressureSourceOverrideEnabled', { enabled: Boolean(state), ...source });
      this.#pressing.isOverridden = Boolean(state);
    }
    if (state) await session.send('Emulation.setPressureStateOverride', { ...source, state });
  }

  /**
   * The Function fails from now on, until `mendFunction`.
   * @param {import('./function-faults.mjs').FUNCTION_FAULTS[number]} fault
   */
  breakFunction(fault) {
    this.breakableFunction.break(fault);
  }

  mendFunction() {
    this.breakableFunction.mend();
  }

  /**
   * The Function can be reached again, and the browser says that it has a connection: what waits goes within some seconds,
   * however long it was to wait by then.
   */
  async reconnectFunction() {
    this.mendFunction();
    await this.page.evaluate(() => window.dispatchEvent(new Event('online')));
  }

  /** A caller who hangs up at the moment at which the agent accepts: the Voice SDK gets the call and then its cancellation. */
  async acceptTooLate(task) {
    const { onConference } = this.taskrouter;
    this.taskrouter.onConference = async () => {
      await this.voice.invite(task);
      this.voice.cancel(task);
      this.world.advance(task, 'canceled');
    };
    await this.#acceptButton().click();
    await this.sdk.waitFor('the cancelled call', (event) => event.type === 'cancel' && event.callSid === task.callSid);
    this.taskrouter.onConference = onConference;
    await this.#untilGone(task);
  }

  /** Another plugin calls somebody with the Voice SDK itself. @returns {Promise<object>} the call, as the world keeps it */
  async dialDirectly() {
    await this.page.evaluate(async () => {
      window.labOutgoing = await window.Twilio.Flex.Manager.getInstance().voiceClient.connect({
        params: { To: '+12025550124' },
      });
    });
    await this.page.waitForFunction(() => window.labOutgoing.status() === 'open');
    return this.world.directCalls.at(-1);
  }

  /** The engine of the plugin fails the next time that it works, as after a panic. */
  async breakEngine(times = 1) {
    await this.page.evaluate((value) => window.labBreakEngine(value), times);
  }

  /** The agent's leg of a call whose page was reloaded is connected anew: the same task, in the new page. */
  async connectAnew(task) {
    const from = this.sdk.all.length;
    await this.voice.invite(task);
    // In one step: Flex may accept it as well, and then it is no longer among the Device's calls.
    await this.page.waitForFunction(() => {
      const manager = window.Twilio.Flex.Manager.getInstance();
      const [ringing] = manager.voiceClient.calls;
      ringing?.accept();
      return Boolean(ringing) || manager.store.getState().flex.phone.activeCall?.status() === 'open';
    });
    await this.sdk.waitFor(
      'the call connected anew',
      (event) => event.type === 'accept' && event.callSid === task.callSid,
      { from },
    );
  }

  /** From now on the Function's token check refuses every token issued so far. */
  revokeTokens() {
    this.function.tokenService.tokens.clear();
  }

  /**
   * What the Function answered to a call's alert, once it has, with this status if one is given: {fields, status, answer}.
   * @param {object} call
   * @param {{timeoutMs?: number, status?: number}} [options]
   */
  async alertOf(call, { timeoutMs = 20_000, status } = {}) {
    return this.requests.waitFor(
      `the alert of the call from ${call.from}`,
      (request) => isAlertOf(call, request) && request.status === (status ?? request.status),
      { timeoutMs },
    );
  }

  /** Every alert of a call that the Function has answered. */
  alertsOf(call) {
    return this.requests.all.filter((request) => isAlertOf(call, request));
  }

  /** What the plugin shows in the call canvas: every visible notice, normally none or one. */
  async notices() {
    return this.page
      .locator(`${NOTICE}:visible`)
      .evaluateAll((/** @type {HTMLElement[]} */ elements) =>
        elements.map((element) => ({ ...element.dataset, text: element.innerText.replace(/\s+/g, ' ').trim() })),
      );
  }

  /** Waits for the notice in the call canvas, or for none to be visible. @param {'active'|'recovered'|'snoozed'|'ended'|'none'} phase */
  async waitForNotice(phase, { timeoutMs = 30_000 } = {}) {
    const isThere = phase !== 'none';
    const isAsWanted = ({ selector, wanted }) => {
      const isSeen = (element) => {
        const { width, height } = element.getBoundingClientRect();
        return width > 0 && height > 0 && element.checkVisibility({ visibilityProperty: true });
      };
      return [...document.querySelectorAll(selector)].some(isSeen) === wanted;
    };
    const what = { selector: isThere ? `${NOTICE}[data-phase=${phase}]` : NOTICE, wanted: isThere };
    await this.page.waitForFunction(isAsWanted, what, { timeout: timeoutMs, polling: LOOK_EVERY_MS }).catch((error) => {
      const missed = isThere ? `no ${phase} notice appeared in the call` : 'the notice in the call did not go away';
      throw error.name === 'TimeoutError' ? new Error(`${missed} within ${timeoutMs / 1000} s`) : error;
    });
  }

  /**
   * Does something, and waits until the page has said something that goes by itself after some seconds.
   * @param {string} text
   * @param {() => Promise<unknown>} deed
   * @param {string} [selector] of what says it
   */
  async seesBriefly(text, deed, selector = 'body') {
    const isSaid = (what) =>
      [...document.querySelectorAll(what.selector)].some(({ textContent }) => textContent.includes(what.text));
    const limits = { timeout: 60_000, polling: LOOK_EVERY_MS };
    const said = this.page.waitForFunction(isSaid, { selector, text }, limits);
    // If the deed fails, nobody hears of it.
    said.catch(() => {});
    await deed();
    await said;
  }

  /** Texts of the notification bars that Flex shows. */
  async toasts() {
    return this.page.getByTestId('notification-message').allInnerTexts();
  }

  /** The agent closes every notification bar. */
  async closeToasts() {
    const buttons = this.page.getByRole('button', { name: 'Close notification' });
    while (await buttons.count()) {
      await buttons
        .first()
        .click({ timeout: 2000 })
        .catch(() => {}); // it has gone by itself
      await this.page.waitForTimeout(100);
    }
  }

  /**
   * What was on screen at any moment since the boot or since `forget`: the most notices and bars at once, all their texts,
   * and whether anything of the plugin was in the page at all.
   * @returns {Promise<{mostNotices: number, mostToasts: number, texts: string[], anything: boolean}>}
   */
  async seen() {
    return this.page.evaluate(() => window.labSeen());
  }

  async forget() {
    await this.page.evaluate(() => window.labForget());
  }

  /** What WCAG 2.2 AA finds wrong with anything of the plugin that is in the page, as axe sees it: one line each. */
  async accessibilityViolations() {
    await this.page.addScriptTag({ path: AXE });
    // A dialog of the admin view lies beside it in the page.
    const ours = ['[data-testid^=device-monitoring]', '[data-testid=notification-message]', '[role=alertdialog]'];
    // What fades in is paler than what people read.
    await this.page.waitForFunction((selectors) => {
      const opaque = (element) =>
        !element || (getComputedStyle(element).opacity === '1' && opaque(element.parentElement));
      return [...document.querySelectorAll(selectors)].every(opaque);
    }, ours.join());
    return this.page.evaluate(async (selectors) => {
      const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
      const { violations } = await window.axe.run(
        { include: selectors.filter((selector) => document.querySelector(selector)) },
        { runOnly: standards },
      );
      return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
    }, ours);
  }

  /** An admin opens the admin view from Flex's side navigation. @returns {Promise<import('playwright-core').Locator>} */
  async openAdminView(page = 'Floor') {
    await this.page.getByRole('link', { name: 'Device Monitoring' }).click();
    const adminView = this.page.getByTestId('device-monitoring-admin-view');
    await adminView.waitFor();
    await this.openAdminPage(page);
    return adminView;
  }

  /** One of the admin view's pages, by the name on its tab. */
  async openAdminPage(name) {
    await this.page.getByTestId('device-monitoring-admin-view').getByRole('tab', { name, exact: true }).click();
  }

  /** What has the keyboard's focus: what a screen reader calls it. */
  async focused() {
    return this.page.evaluate(() => {
      const element = /** @type {HTMLElement | null} */ (document.activeElement);
      return element?.innerText || element?.getAttribute('aria-label') || element?.tagName;
    });
  }

  /** What Flex made of its plugins: name and state, as Flex calls it. */
  async plugins() {
    return this.page.evaluate(() =>
      window.Twilio.Flex.Plugins.plugins.map(({ name, state }) => ({ name, state: String(state) })),
    );
  }

  /** What a healthy page never has. */
  pageErrors() {
    return this.console.all.filter(({ type }) => type === 'pageerror');
  }

  /** @returns {Promise<string>} where the picture is */
  async screenshot(name) {
    const file = path.join(this.options.screenshots, `${name}.png`);
    await this.page.screenshot({ path: file });
    return file;
  }
}
