import * as Flex from '@twilio/flex-ui';
import React, { useEffect, useState } from 'react';

import { Text } from './Text';

const SHOWN_MS = 4000;

/** "I had a problem": one click, and the agent reads that it is noted. In wrap-up, once. */
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

  return (
    <React.Fragment>
      <Flex.Button
        variant="link"
        size="small"
        data-testid="device-monitoring-report"
        style={{ padding: '4px 0', minHeight: '24px', whiteSpace: 'normal', textAlign: 'left' }}
        onClick={() => tools.report(call)}
      >
        <Text text={{ key: 'DeviceMonitoringReport' }} />
      </Flex.Button>
      <div role="status">{isShown && <Text text={{ key: 'DeviceMonitoringReported' }} />}</div>
    </React.Fragment>
  );
}
