/** An error whose code and message are meant for the caller: no secrets, nothing of the request's content. */
exports.Refusal = class Refusal extends Error {
  /**
   * @param {number} status HTTP status
   * @param {string} code what a program tells refusals apart by
   * @param {string} message what a person reads
   * @param {object} [details] further properties of the answer
   */
  constructor(status, code, message, details = {}) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
    this.details = details;
  }
};
