import { AlertDialog } from '@twilio-paste/core/alert-dialog';
import React, { useState } from 'react';

import { ask } from '../../floor/functions';
import { useText } from '../../text';
import { SmallButton } from '../elements';

const WORKER = /^WK[0-9a-f]{32}$/;
const PSEUDONYM = /^P-[0-9a-f]{16}$/;

/** Asks until nothing is left. @returns {Promise<number>} how many reports were removed */
async function forget(access, whose) {
  let removed = 0;
  let next = /** @type {{next?: string} | null} */ ({});
  do {
    // eslint-disable-next-line no-await-in-loop -- each request goes on where the one before has stopped
    const answer = await ask(access, 'forget-worker', { ...whose, ...next });
    removed += answer.removed;
    next = answer.next ? { next: answer.next } : null;
  } while (next);
  return removed;
}

/** How the Function is told whose reports are meant. @returns {{workerSid: string} | {pseudonym: string} | undefined} */
function whoseOf(worker) {
  if (WORKER.test(worker)) return { workerSid: worker };
  return PSEUDONYM.test(worker) ? { pseudonym: worker } : undefined;
}

/**
 * For admins: removes everything that the floor keeps about a worker, or under a pseudonym, when asked twice.
 * @param {object} props
 * @param {object} props.access
 * @param {string} props.worker SID or pseudonym
 * @param {string} props.agent what the worker is called
 * @param {string} [props.label] of the button, if not the usual one
 * @param {(text: string, variant?: 'success' | 'error') => void} props.say shows a toast
 */
export function ForgetWorker({ access, worker, agent, label, say }) {
  const t = useText();
  const [phase, setPhase] = useState(/** @type {'idle' | 'asking' | 'removing'} */ ('idle'));
  const whose = whoseOf(worker);
  if (!access.roles?.includes('admin') || !whose) return null;
  const isNamed = 'workerSid' in whose;
  const remove = () => {
    setPhase('removing');
    forget(access, whose)
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
        {label ?? t(isNamed ? 'forget' : 'forgetPseudonym')}
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
        {t(isNamed ? 'forgetWarning' : 'forgetPseudonymWarning')}
      </AlertDialog>
    </>
  );
}
