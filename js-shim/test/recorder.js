/** Stands where the Monitor stands and writes down what is asked of it; handles start at 1. */
export class Recorder {
  constructor(onEffect = () => {}) {
    this.onEffect = onEffect;
    this.heard = [];
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
      'reconnecting',
      'reconnected',
      'transportClose',
      'error',
      'disconnect',
      'cancel',
      'reject',
      'forget',
      'rebuild',
      'incoming',
      'snooze',
      'activity',
    ];
    let handles = 0;
    methods.forEach((method) => {
      this[method] = (...args) => {
        this.heard.push([method, ...args]);
        this.failIfTold(method, args[0]);
        if (method !== 'incoming') return undefined;
        handles += 1;
        return handles;
      };
    });
  }

  failIfTold(method, handle) {
    const left = this.failures.get(method) ?? 0;
    this.failures.set(method, left - 1);
    if (left > 0 || (method !== 'forget' && handle !== undefined && handle === this.broken))
      throw new Error('unreachable');
  }

  /** The next so many calls of a method fail, as after a panic of the engine. */
  failNext(method, times = 1) {
    this.failures.set(method, times);
  }

  /** Everything about one call fails, but for forgetting it. */
  failFor(handle) {
    this.broken = handle;
  }

  /** Only the messages of one kind. */
  of(method) {
    return this.heard.filter(([name]) => name === method).map(([, ...args]) => args);
  }
}
