/** @returns {string | undefined} a text with something in it; nothing else of what Flex, the Voice SDK or a server says */
export const nonEmptyText = (value) => (typeof value === 'string' && value !== '' ? value : undefined);
