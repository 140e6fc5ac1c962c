/** Answers to the browser: JSON, with CORS headers whether the request succeeded or not. */
const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);

/**
 * @param {number} status
 * @param {object} body what becomes JSON
 */
exports.answer = (status, body) => {
  const response = new Twilio.Response();
  response.setStatusCode(status);
  // Any origin may call: Flex runs on flex.twilio.com or on a host of the customer's own, and what
  // authorizes a request is the token in its body. There are no cookies a foreign page could ride on.
  response.appendHeader('Access-Control-Allow-Origin', '*');
  response.appendHeader('Access-Control-Allow-Methods', 'POST, OPTIONS');
  response.appendHeader('Access-Control-Allow-Headers', 'Content-Type');
  // A page of another origin reads no other header; the body says the same.
  response.appendHeader('Access-Control-Expose-Headers', 'Retry-After');
  response.appendHeader('Cache-Control', 'no-store');
  response.appendHeader('Content-Type', 'application/json');
  // The runtime turns the body into text, because of the content type.
  response.setBody(body);
  return response;
};

/** The answer to a request that failed with `error`; only a Refusal's own words reach the browser. */
exports.answerError = (error) => {
  if (error instanceof Refusal) {
    const response = exports.answer(error.status, { error: error.code, message: error.message, ...error.details });
    const { retryAfter } = error.details;
    if (retryAfter) response.appendHeader('Retry-After', String(retryAfter));
    return response;
  }
  return exports.answer(500, { error: 'internal-error', message: 'The Function failed.' });
};
