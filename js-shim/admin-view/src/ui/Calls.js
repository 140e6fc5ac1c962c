import React, { useState } from 'react';

import { clock } from '../../../src/ui/clock';
import { deleteCalls, exportCalls } from '../library';
import { moment, size, TEXTS } from '../texts';
import { Button, P, Section, Table } from './elements';

/** A table of more would take longer to draw than a frame has. */
const MOST_ROWS = 50;

const COLUMNS = [TEXTS.started, TEXTS.direction, TEXTS.lasted, TEXTS.call, TEXTS.verdict];

function save(blob) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = `recorded-calls-${new Date().toISOString().slice(0, 10)}.jsonl`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

function keptOf(calls, me) {
  const nameOf = (sid) => {
    if (sid === me) return TEXTS.you;
    return sid ? TEXTS.worker(sid) : TEXTS.somebody;
  };
  const workers = [...new Set(calls.map(({ workerSid }) => nameOf(workerSid)))].join(', ');
  const bytes = calls.reduce((sum, call) => sum + call.bytes, 0);
  return TEXTS.kept(calls.length, size(bytes), moment(calls[calls.length - 1].startedAt), workers);
}

/** @param {{library: ReturnType<import('./useLibrary').useLibrary>, access: object, isRecording: boolean}} props */
export function Calls({
  library: { calls, verdicts, problem, refresh },
  access: { environment, openRecordings },
  isRecording,
}) {
  const [isAsking, setAsking] = useState(false);
  const [said, setSaid] = useState('');
  const failed = (error) => setSaid(TEXTS.failed(error?.message ?? error));
  const remove = () =>
    deleteCalls(openRecordings).then(() => {
      setAsking(false);
      setSaid(TEXTS.deleted);
      refresh();
    }, failed);

  // Also if they cannot be read: nobody else has a use for them either.
  const isDeletable = (calls ?? []).length > 0 || Boolean(problem);
  const rows = (calls ?? [])
    .slice(0, MOST_ROWS)
    .map(({ startedAt, callSid, direction, reasons, problem: broken }, index) => ({
      key: `${startedAt} ${callSid}`,
      props: { 'data-call': callSid, 'data-alert': reasons.length > 0 },
      cells: [
        moment(startedAt),
        direction ?? '',
        verdicts[index] ? clock(verdicts[index].durationMs) : '',
        callSid,
        broken ? TEXTS.unreadable(broken) : reasons.map(({ text }) => text).join(' ') || TEXTS.noAlert,
      ],
    }));
  return (
    <Section id="calls" title={TEXTS.calls}>
      {isRecording === false && <P>{TEXTS.notRecording}</P>}
      <div role="status">
        {problem && <P>{TEXTS.failed(problem)}</P>}
        {!calls && !problem && <P>{TEXTS.loading}</P>}
        {said && <P>{said}</P>}
      </div>
      {calls?.length === 0 && <P>{TEXTS.noCalls}</P>}
      <Button data-testid="device-monitoring-admin-view-refresh" onClick={refresh}>
        {TEXTS.refresh}
      </Button>
      {calls && calls.length > 0 && (
        <Button
          data-testid="device-monitoring-admin-view-export"
          onClick={() => exportCalls(openRecordings).then(save, failed)}
        >
          {TEXTS.exporting}
        </Button>
      )}
      {isDeletable &&
        (isAsking ? (
          <>
            <Button variant="destructive" data-testid="device-monitoring-admin-view-delete" onClick={remove}>
              {TEXTS.reallyDelete(calls?.length)}
            </Button>
            <Button onClick={() => setAsking(false)}>{TEXTS.keep}</Button>
          </>
        ) : (
          <Button data-testid="device-monitoring-admin-view-ask" onClick={() => setAsking(true)}>
            {TEXTS.deleting}
          </Button>
        ))}
      {calls && calls.length > 0 && (
        <>
          <P>{keptOf(calls, environment.workerSid)}</P>
          <Table label={TEXTS.calls} columns={COLUMNS} rows={rows} />
          {calls.length > MOST_ROWS && <P>{TEXTS.more(calls.length - MOST_ROWS)}</P>}
        </>
      )}
    </Section>
  );
}
