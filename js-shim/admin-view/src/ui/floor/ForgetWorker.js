import { AlertDialog } from '@twilio-paste/core/alert-dialog';
import React, { useState } from 'react';

import { ask } from '../../floor/functions';
import { useText } from '../../text';
import { SmallButton } from '../elements';

const WORKER = /^WK[0-9a-f]{32}$/;

/** Asks until nothing is left. @returns {Promise<number>} how many reports were removed */
async function forget(access, workerSid) {
  let removed = 0;
  let next = /** @type {{next?: string} | null} */ ({});
  do {
    // eslint-disable-next-line no-await-in-loop -- each request goes on where the one before has stopped
    const answer = await ask(access, 'forget-worker', { workerSid, ...next });
    removed += answer.removed;
    next = answer.next ? { next: answer.next } : null;
  } while (next);
  return removed;
}

/** For admins: removes everything that the floor keeps about a worker, when asked twice. */
export function ForgetWorker({ access, worker, agent, say }) {
  const t = useText();
  const [phase, setPhase] = useState(/** @type {'idle' | 'asking' | 'removing'} */ ('idle'));
  if (!access.roles?.includes('admin') || !WORKER.test(worker)) return null;
  const remove = () => {
    setPhase('removing');
    forget(access, worker)
      .then(
        (count) => say(t('forgotten', { count })),
        (error) => say(t('notForgotten', { reason: error.message }), 'error'),
      )
      .finally(() => setPhase('idle'));
  };
  return (
    <>
      <SmallButton
        variant="destructive_secondary"
        data-testid="device-monitoring-admin-view-forget"
        disabled={phase === 'removing'}
        onClick={() => setPhase('asking')}
      >
        {t('forget')}
      </SmallButton>
      <AlertDialog
        heading={t('forgetHeading', { agent })}
        isOpen={phase === 'asking'}
        destructive
        onConfirm={remove}
        onConfirmLabel={t('deleteConfirm')}
        onDismiss={() => setPhase('idle')}
        onDismissLabel={t('deleteCancel')}
      >
        {t('forgetWarning')}
      </AlertDialog>
    </>
  );
}
