// What the plugin sent to the Function, what came of it, and what the Function's action wrote.

const LOG_EVENT = 'device-monitoring.alert';
const MAX_REPORTS = 6;

export class Reports {
  #lab;
  #reports = []; // newest first

  /**
   * @param {import('../page/driver.mjs').Lab} lab
   * @param {{tell: (text: string, tone: string | undefined, callSid: string) => void, numberOf: (callSid: string) => string}} session
   */
  constructor(lab, { tell, numberOf }) {
    this.#lab = lab;
    lab.attempts.on('entry', (attempt) => {
      const { alert } = attempt.fields;
      if (!alert) return;
      this.#reports = [{ attempt, alert, at: Date.now(), from: numberOf(alert.callSid) }, ...this.#reports].slice(
        0,
        MAX_REPORTS,
      );
      tell(`The plugin sends an alert: ${attempt.fields.issues}`, 'alert', alert.callSid);
    });
    lab.requests.on('entry', (request) => {
      const report = this.#reports.find(({ attempt }) => attempt.fields === request.fields);
      if (!report) return;
      report.request = request;
      tell(
        `The Function answers ${request.status} to the alert`,
        request.status === 200 ? 'good' : 'bad',
        report.alert.callSid,
      );
    });
  }

  /** @returns {Array<{at, from, issues, action, diagnosis, reasons: string[], outcome: 'waiting'|'failed'|number, answer?: string, logLine?: string}>} */
  all() {
    return this.#reports.map(({ attempt, request, alert, at, from }) => ({
      at,
      from,
      id: alert.id,
      issues: attempt.fields.issues,
      action: attempt.fields.action,
      diagnosis: alert.diagnosis,
      reasons: (alert.reasons ?? []).map(({ text }) => text),
      outcome: request?.status ?? (attempt.failed ? 'failed' : 'waiting'),
      answer: request && request.status !== 200 ? request.answer.slice(0, 300) : undefined,
      logLine: request && this.#logLine(alert),
    }));
  }

  #logLine({ id, callSid }) {
    return this.#lab.function.lines.find((line) => line.includes(LOG_EVENT) && line.includes(id ?? callSid));
  }
}
