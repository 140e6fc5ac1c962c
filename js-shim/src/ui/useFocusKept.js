import { useLayoutEffect, useRef } from 'react';

/**
 * For a button that may go while it has the focus, which the page would then lose: it stays in what the button was in,
 * the nearest element with `tabIndex={-1}`.
 * @returns {import('react').RefObject<HTMLSpanElement>} for an element around the button
 */
export function useFocusKept() {
  const place = useRef(/** @type {HTMLSpanElement | null} */ (null));
  useLayoutEffect(() => {
    const { current } = place;
    return () => {
      /** @type {HTMLElement | null | undefined} */
      const around = current?.closest('[tabindex="-1"]');
      if (current?.contains(document.activeElement)) around?.focus({ preventScroll: true });
    };
  }, []);
  return place;
}
