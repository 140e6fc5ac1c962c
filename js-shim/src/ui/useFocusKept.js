import { useLayoutEffect, useRef } from 'react';

/**
 * For a button that may go while it has the focus, which the page would then lose: it stays in what the button was in,
 * the nearest element with `tabIndex={-1}`.
 * @returns {import('react').MutableRefObject<HTMLElement>} for an element around the button
 */
export function useFocusKept() {
  const place = useRef();
  useLayoutEffect(() => {
    const { current } = place;
    return () => {
      if (current.contains(document.activeElement)) current.closest('[tabindex="-1"]')?.focus({ preventScroll: true });
    };
  }, []);
  return place;
}
