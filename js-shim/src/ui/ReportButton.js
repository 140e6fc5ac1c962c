import React, { useEffect, useState } from 'react';

import { LinkButton } from './LinkButton';
import { Text } from './Text';
import { REPORTED_MS } from './agentTools';

/** "I had a problem": one click, and the agent reads that it is noted, or that it is too late. After the call, once. */
function ReportButton({ call, tools }) {
  // What is still said about the latest report.
  const [latest, setLatest] = useState(/** @type {{text: string} | undefined} */ (undefined));
  useEffect(() => {
    let timer;
    const forget = tools.onReported((reported, text) => {
      const isOurs = reported === call;
      if (isOurs) {
        clearTimeout(timer);
        timer = setTimeout(setLatest, REPORTED_MS);
        setLatest({ text });
      }
      return isOurs;
    });
    return () => {
      clearTimeout(timer);
      forget();
    };
  }, [call, tools]);

  const { finalAnswer } = call;
  const said = finalAnswer ?? latest?.text;
  return (
    <>
      {!finalAnswer && <LinkButton id="report" text="DeviceMonitoringReport" onClick={() => tools.report(call)} />}
      <div role="status">{said && <Text text={{ key: said }} />}</div>
    </>
  );
}

const MemoisedReportButton = React.memo(ReportButton);
export { MemoisedReportButton as ReportButton };
