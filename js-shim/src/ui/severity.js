const BELL_OFF =
  'M2 1l13 13-1 1-2.2-2.2H3v-1l1.5-1.5V7c0-.5.1-1 .3-1.5L1 2zM8 1.5A3.5 3.5 0 0111.5 5v4.3L5.8 3.6A3.5 3.5 0 018 1.5zM6.5 13.5h3a1.5 1.5 0 01-3 0z';
const NEUTRAL = { tokens: ['colorBackground', 'colorBorder', 'colorText'], plain: ['#f4f4f6', '#8891aa', '#121c2d'] };
const TICK = 'M8 1a7 7 0 100 14A7 7 0 008 1zM7 11.4L3.8 8.2l1.1-1.1L7 9.2l4.1-4.1 1.1 1.1z';
const INFORMATION = 'M8 1a7 7 0 100 14A7 7 0 008 1zM7.2 4.3v1.6h1.6V4.3zm0 2.8v4.6h1.6V7.1z';

/**
 * How each severity looks. Tokens are those of Flex's theme (light and dark); the values behind them serve
 * where a theme has none. The word comes from `manager.strings`, the shape of the icon differs as well:
 * nothing rests on colour alone.
 */
const APPEARANCES = {
  critical: {
    word: 'DeviceMonitoringSeverityCritical',
    path: 'M8 1l7 7-7 7-7-7zM7.2 4.5v4.4h1.6V4.5zm0 5.6v1.6h1.6v-1.6z',
    tokens: ['colorBackgroundErrorWeakest', 'colorBorderError', 'colorTextError'],
    plain: ['#fef5f5', '#d61f1f', '#ad1111'],
  },
  warning: {
    word: 'DeviceMonitoringSeverityWarning',
    path: 'M8 1l7.5 14H.5zM7.2 6v4.4h1.6V6zm0 5.6v1.6h1.6v-1.6z',
    tokens: ['colorBackgroundWarningWeakest', 'colorBorderWarning', 'colorTextWarningStrong'],
    plain: ['#fefced', '#f47c22', '#7a2c0d'],
  },
  information: { ...NEUTRAL, path: INFORMATION },
  recovered: {
    word: 'DeviceMonitoringSeverityRecovered',
    path: TICK,
    tokens: ['colorBackgroundSuccessWeakest', 'colorBorderSuccess', 'colorTextSuccess'],
    plain: ['#edfdf3', '#14b053', '#0e7c3a'],
  },
  snoozed: { ...NEUTRAL, path: BELL_OFF },
  ended: { ...NEUTRAL, path: INFORMATION },
  quiet: { ...NEUTRAL, path: TICK },
};

/**
 * @param {string} severity of a notice; `quiet` where there is none
 * @param {object} [theme] Flex's theme
 * @returns {{word?: string, path: string, background: string, border: string, accent: string, text: string}}
 */
export function appearanceOf(severity, theme) {
  const { word, path, tokens, plain } = APPEARANCES[severity];
  const theirs = theme?.tokens;
  const colours = [
    theirs?.backgroundColors?.[tokens[0]],
    theirs?.borderColors?.[tokens[1]],
    theirs?.textColors?.[tokens[2]],
    theirs?.textColors?.colorText,
  ];
  // All from the theme or none: a light background under a dark theme's text would be unreadable.
  const [background, border, accent, text] = colours.every(Boolean) ? colours : [...plain, '#121c2d'];
  return { word, path, background, border, accent, text };
}
