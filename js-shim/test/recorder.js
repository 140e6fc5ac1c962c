/** Stands where the Monitor stands and writes down what is asked of it; handles start at 1. */
export class Recorder {
  constructor(onEffect = () => {}) {
    this.onEffect = onEffect;
    this.received = [];
    this.failures = new Map();
    const methods = [
      'identify',
      'describe',
      'accept',
      'sample',
      'stats',
      'warning',
      'warningCleared',
      'mute',
      'conference',
      'monitoring',
      'audioContext',
      'track',
      'pressure',
      'lateTick',
      'path',
      'endpoint',
      'mutedLevel',
      'reconnecting',
      'reconnected',
      'transportClose',
      'error',
      'disconnect',
      'cancel',
      'reject',
      'startDelivery',
      'logOut',
      'incoming',
      'snooze',
      'activity',
    ];
    let handles = 0;
    methods.forEach((method) => {
      this[method] = (...args) => {
        this.received.push([method, ...args]);
        this.failIfTold(method);
        if (method !== 'incoming') return undefined;
        handles += 1;
        return handles;
      };
    });
  }

  failIfTold(method) {
    const left = this.failures.get(method) ?? 0;
    this.failures.set(method, left - 1);
    if (left > 0) throw new Error('unreachable');
  }

  /** The next so many calls of a method fail, as after a panic of the engine. */
  failNext(method, times = 1) {
    this.failures.set(method, times);
  }

  /** What the engine says to do after each failure, in their order; then it cannot say. */
  says(...answers) {
    this.answers = answers;
  }

  failed() {
    this.received.push(['failed']);
    const answer = this.answers?.shift();
    if (!answer) throw new Error('unreachable');
    return answer;
  }

  /** Only the messages of one kind. */
  of(method) {
    return this.received.filter(([name]) => name === method).map(([, ...args]) => args);
  }
}
