/**
 * What an action throws when it is certain that nothing has happened: the alert may be tried again, whatever the
 * action's policy. `code` is capital letters and underscores, and appears in the log.
 */
exports.ActionNotPerformed = class ActionNotPerformed extends Error {
  /**
   * @param {string} code
   * @param {object} [options]
   * @param {boolean} [options.retry] false: the same would be refused again, so that nobody should send it again
   * @param {number} [options.retryAfter] seconds
   * @param {string} [options.answer] the `error` of the answer, if the browser has to tell this case from others
   * @param {Error} [options.cause] whose name, code and place in the code the log tells as well
   */
  constructor(code, { retry = true, retryAfter = 30, answer = 'action-not-done', cause } = {}) {
    super(code, { cause });
    this.name = 'ActionNotPerformed';
    this.code = code;
    this.retry = retry;
    this.retryAfter = retryAfter;
    this.answer = answer;
  }
};
