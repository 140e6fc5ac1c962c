/**
 * How text of ours is set where Flex's own surrounds it.
 * @param {object} [theme] Flex's theme
 * @returns {import('react').CSSProperties}
 */
export const textStyle = (theme) => ({
  fontSize: theme?.tokens?.fontSizes?.fontSize30 ?? '0.875rem',
  lineHeight: theme?.tokens?.lineHeights?.lineHeight20 ?? '1.25rem',
  overflowWrap: 'anywhere',
});
