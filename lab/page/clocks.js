// Runs in Flex's page before anything else, for tests only: the page's two clocks, which can be set. `labClocks.jump` sets
// them at once; after `labClocks.sleep` the next stretch in which nobody asks for the time, because the page is frozen, has
// lasted so long.
(() => {
  const GAP_MS = 2500; // a hidden page's timers come once a second
  const RealDate = Date;
  const pageNow = performance.now.bind(performance);
  const shift = { wall: 0, page: 0 };
  let asleep = 0;
  let last = pageNow();

  function look() {
    const now = pageNow();
    if (asleep > 0 && now - last > GAP_MS) {
      shift.wall += asleep;
      shift.page += asleep;
      asleep = 0;
    }
    last = now;
    return now;
  }
  setInterval(look, 200);

  performance.now = () => look() + shift.page;
  RealDate.now = ((now) => () => {
    look();
    return now() + shift.wall;
  })(RealDate.now);
  window.Date = new Proxy(RealDate, {
    construct: (target, given, made) => Reflect.construct(target, given.length > 0 ? given : [target.now()], made),
    apply: (Target) => new Target(Target.now()).toString(),
  });

  window.labClocks = {
    /** @param {{wall?: number, page?: number}} by milliseconds: the time of day, and `performance.now()` */
    jump({ wall = 0, page = 0 }) {
      shift.wall += wall;
      shift.page += page;
    },

    sleep(ms) {
      asleep = ms;
    },
  };
})();
