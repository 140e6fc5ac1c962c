// Which of the two demos runs: decided by the words on the command line, else by whether somebody can look.

export const USAGE = `node demo.mjs [--hands-on | --scripted] [--my-microphone] [--admin-view] [--floor] [path of a plugin bundle]
  --hands-on       Flex in a window, and a panel to play customer, network and Function; stays until closed
  --scripted       one call from ringing to the alert, told as it happens
  --my-microphone  hands-on with this machine's microphone in place of synthetic speech
  --admin-view     hands-on as an admin whose calls are recorded: the view "Device Monitoring" is in Flex
  --floor          a dozen simulated colleagues have calls beside, and what every call reports is kept in Sync's stand-in; hands-on
                   as an admin whose Flex has the view "Device Monitoring"`;

/** Where a window would appear: X11 or Wayland on Linux and its like; macOS and Windows always have a desktop. */
function display({ platform, environment }) {
  if (platform === 'darwin' || platform === 'win32') return 'this desktop';
  if (environment.DISPLAY) return `display ${environment.DISPLAY}`;
  return environment.WAYLAND_DISPLAY && `Wayland display ${environment.WAYLAND_DISPLAY}`;
}

const isSet = (value) => Boolean(value) && value !== 'false' && value !== '0';

/**
 * Where the output goes does not matter: the window is what a person looks at. CI does, since nobody would close it.
 * @param {{words?: string[], platform?: string, environment?: Record<string, string | undefined>}} [given]
 * @returns {{handsOn?: boolean, asked?: boolean, because?: string, microphone?: 'real', plugin?: string, adminView?: boolean, floor?: boolean, problem?: string}}
 *   what to do, or the problem alone
 */
export function chooseDemo({ words = [], platform = process.platform, environment = process.env } = {}) {
  const options = new Set(words.filter((word) => word.startsWith('--') && word !== '--'));
  const [plugin, ...more] = words.filter((word) => !word.startsWith('--'));
  const unknown = [...options].find(
    (option) => !['--hands-on', '--scripted', '--my-microphone', '--admin-view', '--floor'].includes(option),
  );
  if (unknown) return { problem: `the demo has no option ${unknown}` };
  if (more.length) return { problem: 'the demo takes one plugin bundle at most' };
  if (options.has('--hands-on') && options.has('--scripted'))
    return { problem: 'it is either --hands-on or --scripted' };
  const adminView = options.has('--admin-view');
  const choice = chooseKind(options, platform, environment);
  if (adminView && !choice.handsOn)
    return { problem: `--admin-view is for a person, and this would be the scripted call: ${choice.because}` };
  return {
    ...choice,
    plugin,
    microphone: options.has('--my-microphone') ? 'real' : undefined,
    adminView,
    floor: options.has('--floor'),
  };
}

function chooseKind(options, platform, environment) {
  const asked = ['--hands-on', '--scripted'].find((option) => options.has(option));
  if (asked) return { handsOn: asked === '--hands-on', asked: true, because: `${asked} was given` };
  const where = display({ platform, environment });
  if (isSet(environment.CI))
    return { handsOn: false, asked: false, because: 'the variable CI is set, so nobody looks' };
  if (!where)
    return {
      handsOn: false,
      asked: false,
      because: 'there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)',
    };
  return {
    handsOn: true,
    asked: false,
    because: `windows open on ${where}; --scripted runs the scripted call instead`,
  };
}
