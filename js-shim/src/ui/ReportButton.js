import React, { useEffect, useState } from 'react';

import { LinkButton } from './LinkButton';
import { Text } from './Text';

const SHOWN_MS = 4000;

/** "I had a problem": one click, and the agent reads that it is noted. After the call, once. */
export function ReportButton({ call, tools }) {
  const [reports, setReports] = useState(0);
  useEffect(() => tools.onReported((reported) => reported === call && setReports((count) => count + 1)), [call, tools]);

  const [isShown, setShown] = useState(false);
  useEffect(() => {
    if (reports === 0) return undefined;
    setShown(true);
    const timer = setTimeout(() => setShown(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [reports]);

  // Of a call that is over, once.
  const isDone = call.isReported;
  return (
    <React.Fragment>
      {!isDone && <LinkButton id="report" text="DeviceMonitoringReport" onClick={() => tools.report(call)} />}
      <div role="status">{(isShown || isDone) && <Text text={{ key: 'DeviceMonitoringReported' }} />}</div>
    </React.Fragment>
  );
}
