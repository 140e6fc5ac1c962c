import React from 'react';

/** The sign of a severity, in its colour. @param {{look: ReturnType<import('./severity').appearanceOf>}} props */
export function Icon({ look }) {
  return (
    <svg aria-hidden="true" width="20" height="20" viewBox="0 0 16 16" style={{ flex: 'none', color: look.accent }}>
      <path fill="currentColor" fillRule="evenodd" d={look.path} />
    </svg>
  );
}
