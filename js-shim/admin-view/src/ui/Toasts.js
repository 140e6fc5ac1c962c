import { Toast, ToastContainer } from '@twilio-paste/core/toast';
import React from 'react';

/**
 * Toasts that leave the focus where it is. Paste's Toaster takes it, and puts it back when the last toast has gone: into
 * the middle of what somebody types elsewhere by then.
 * @param {Pick<ReturnType<typeof import('@twilio-paste/core/toast').useToaster>, 'toasts' | 'pop'>} props
 */
export function Toasts({ toasts, pop }) {
  return (
    <ToastContainer>
      {toasts.map(({ id, message, variant }) => (
        <Toast key={id} variant={variant} setFocus={false} onDismiss={() => pop(id)}>
          {message}
        </Toast>
      ))}
    </ToastContainer>
  );
}
