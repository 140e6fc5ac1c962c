import React, { useEffect, useState } from 'react';

import { LinkButton } from './LinkButton';
import { Text } from './Text';
import { REPORTED_MS } from './agentTools';

/** "I had a problem": one click, and the agent reads that it is noted. After the call, once. */
export function ReportButton({ call, tools }) {
  // The latest report of which it is still said that it is noted.
  const [latest, setLatest] = useState(/** @type {object | undefined} */ (undefined));
  useEffect(() => {
    let timer;
    const forget = tools.onReported((reported) => {
      const isOurs = reported === call;
      if (isOurs) {
        clearTimeout(timer);
        timer = setTimeout(setLatest, REPORTED_MS);
        setLatest({});
      }
      return isOurs;
    });
    return () => {
      clearTimeout(timer);
      forget();
    };
  }, [call, tools]);

  // Of a call that is over, once.
  const isDone = call.isReported;
  return (
    <>
      {!isDone && <LinkButton id="report" text="DeviceMonitoringReport" onClick={() => tools.report(call)} />}
      <div role="status">{(latest || isDone) && <Text text={{ key: 'DeviceMonitoringReported' }} />}</div>
    </>
  );
}
