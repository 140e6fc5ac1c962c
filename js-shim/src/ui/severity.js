/**
 * How each severity looks. Tokens are those of Flex's theme (light and dark); the values behind them serve
 * where a theme has none. The word comes from `manager.strings`, the shape of the icon differs as well:
 * nothing rests on colour alone.
 */
const LOOKS = {
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
  recovered: {
    word: 'DeviceMonitoringSeverityRecovered',
    path: 'M8 1a7 7 0 100 14A7 7 0 008 1zM7 11.4L3.8 8.2l1.1-1.1L7 9.2l4.1-4.1 1.1 1.1z',
    tokens: ['colorBackgroundSuccessWeakest', 'colorBorderSuccess', 'colorTextSuccess'],
    plain: ['#edfdf3', '#14b053', '#0e7c3a'],
  },
};

/**
 * @param {'critical' | 'warning' | 'recovered'} severity
 * @param {object} [theme] Flex's theme
 * @returns {{word: string, path: string, background: string, border: string, accent: string, text: string}}
 */
export function lookOf(severity, theme) {
  const { word, path, tokens, plain } = LOOKS[severity] ?? LOOKS.warning;
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
