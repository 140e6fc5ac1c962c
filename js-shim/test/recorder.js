/** Stands where the Monitor stands and writes down what is asked of it; handles start at 1. */
export class Recorder {
  constructor(onEffect = () => {}) {
    this.onEffect = onEffect;
    this.heard = [];
    let handles = 0;
    const methods = [
      'identify', 'describe', 'accept', 'sample', 'warning', 'warningCleared', 'mute', 'hold', 'reconnecting',
      'reconnected', 'transportClose', 'error', 'disconnect', 'cancel', 'reject',
    ];
    methods.forEach((method) => {
      this[method] = (...args) => {
        this.heard.push([method, ...args]);
        if (this.failOn === method) throw new Error('recursive use of an object');
      };
    });
    this.incoming = (...args) => {
      this.heard.push(['incoming', ...args]);
      handles += 1;
      return handles;
    };
  }

  /** Only the messages of one kind. */
  of(method) {
    return this.heard.filter(([name]) => name === method).map(([, ...args]) => args);
  }
}
