import { AlertDialog } from '@twilio-paste/core/alert-dialog';
import { Paragraph } from '@twilio-paste/core/paragraph';
import { Stack } from '@twilio-paste/core/stack';
import React, { useState } from 'react';

import { formatDuration } from '../../../src/ui/formatDuration';
import { moment, size } from '../format';
import { deleteCalls, exportCalls } from '../recordedCalls';
import { save, today } from '../downloadFile';
import { useText } from '../text';
import { DataTable, Section, SmallButton } from './elements';

/** A table of more would take longer to draw than a frame has. */
const MAX_ROWS = 50;

const saveRecording = (blob) => save(blob, `recorded-calls-${today()}.jsonl`);

function keptOf(t, calls, me) {
  const nameOf = (sid) => {
    if (sid === me) return t('you');
    return sid ? t('worker', { sid }) : t('unknownWorker');
  };
  const workers = [...new Set(calls.map(({ workerSid }) => nameOf(workerSid)))].join(', ');
  const bytes = calls.reduce((sum, call) => sum + call.bytes, 0);
  const since = moment(calls[calls.length - 1].startedAt);
  return t('kept', { count: calls.length, size: size(bytes), since, workers });
}

/** Which actions its alert would be for, as configured now. */
const actionsOf = (t, verdict) => verdict?.actions && t('actionsOf', { actions: verdict.actions.join(', ') });

/**
 * @param {object} props
 * @param {ReturnType<import('./useRecordedCalls').useRecordedCalls>} props.recordedCalls
 * @param {object} props.access
 * @param {boolean} [props.isRecording]
 * @param {(text: string, variant?: 'success' | 'error') => void} props.say shows a toast
 */
export function RecordedCalls({
  recordedCalls: { calls, verdicts, problem, refresh },
  access: { environment, openRecordings },
  isRecording,
  say,
}) {
  const t = useText();
  const [isAsking, setAsking] = useState(false);
  const failed = (error) => say(t('unreadableCalls', { reason: error?.message ?? error }), 'error');
  const remove = () => {
    setAsking(false);
    return deleteCalls(openRecordings).then(() => {
      say(t('deleted'));
      refresh();
    }, failed);
  };

  // Also if they cannot be read: nobody else has a use for them either.
  const isDeletable = (calls ?? []).length > 0 || Boolean(problem);
  const rows = (calls ?? [])
    .slice(0, MAX_ROWS)
    .map(({ startedAt, callSid, direction, reasons, problem: broken }, index) => ({
      key: `${startedAt} ${callSid}`,
      props: { 'data-call': callSid, 'data-alert': reasons.length > 0 },
      cells: [
        moment(startedAt),
        direction ? t(direction) : '',
        verdicts[index] ? formatDuration(verdicts[index].durationMs) : '',
        callSid,
        broken
          ? t('unreadable', { reason: t(broken) })
          : [...reasons.map(({ text }) => text), actionsOf(t, verdicts[index])].filter(Boolean).join(' ') ||
            t('noAlert'),
      ],
    }));
  const columns = ['started', 'direction', 'duration', 'call', 'verdict'].map((key) => t(key));
  return (
    <Section id="calls" title={t('recordedCalls')}>
      {isRecording === false && <Paragraph>{t('notRecording')}</Paragraph>}
      <div role="status">
        {problem && <Paragraph>{t('unreadableCalls', { reason: problem })}</Paragraph>}
        {!calls && !problem && <Paragraph>{t('loading')}</Paragraph>}
      </div>
      {calls?.length === 0 && <Paragraph>{t('noCalls')}</Paragraph>}
      <Stack orientation="horizontal" spacing="space30">
        <SmallButton data-testid="device-monitoring-admin-view-refresh" onClick={refresh}>
          {t('readAgain')}
        </SmallButton>
        {calls && calls.length > 0 && (
          <SmallButton
            data-testid="device-monitoring-admin-view-export"
            onClick={() => exportCalls(openRecordings).then(saveRecording, failed)}
          >
            {t('export')}
          </SmallButton>
        )}
        {isDeletable && (
          <SmallButton
            variant="destructive_secondary"
            data-testid="device-monitoring-admin-view-ask"
            onClick={() => setAsking(true)}
          >
            {t('delete')}
          </SmallButton>
        )}
      </Stack>
      <AlertDialog
        data-testid="device-monitoring-admin-view-dialog"
        heading={t('deleteHeading')}
        isOpen={isAsking}
        destructive
        onConfirm={remove}
        onConfirmLabel={t('deleteConfirm')}
        onDismiss={() => setAsking(false)}
        onDismissLabel={t('deleteCancel')}
      >
        {t('deleteWarning')}
      </AlertDialog>
      {calls && calls.length > 0 && (
        <>
          <Paragraph marginBottom="space0">{keptOf(t, calls, environment.workerSid)}</Paragraph>
          <DataTable label={t('recordedCalls')} columns={columns} rows={rows} />
          {calls.length > MAX_ROWS && <Paragraph>{t('more', { count: calls.length - MAX_ROWS })}</Paragraph>}
        </>
      )}
    </Section>
  );
}
