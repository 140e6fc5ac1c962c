import React, { useEffect, useRef, useState } from 'react';

import { log } from '../log';
import { Icon } from './Icon';
import { LinkButton } from './LinkButton';
import { appearanceOf } from './severity';
import { adviceOf, Text } from './Text';

/** Ten seconds in which the agent speaks, and what is to be said of their equipment after that; and a test call. */
function Check({ tools, theme }) {
  const [running, setRunning] = useState(/** @type {string | undefined} */ (undefined));
  const [remarks, setRemarks] = useState(/** @type {import('../generated/monitor').CheckResult[]} */ ([]));
  const isBusy = useRef(false);
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
      tools.stopPreflight();
    };
  }, [tools]);
  const check = async () => {
    setRunning('DeviceMonitoringCheckRunning');
    setRemarks([]);
    const found = await tools.check(() => isGone.current);
    if (isGone.current) return;
    setRemarks(found);
    setRunning(undefined);
    const more = await tools.preflight(() => setRunning('DeviceMonitoringCheckPreflightRunning'));
    if (!isGone.current) setRemarks([...found, ...more]);
  };
  const run = async () => {
    if (isBusy.current) return;
    isBusy.current = true;
    try {
      await check();
    } catch (error) {
      log.errorOnce('check', 'The check before the shift failed; Flex goes on.', error);
    } finally {
      isBusy.current = false;
      if (!isGone.current) setRunning(undefined);
    }
  };
  return (
    <div data-testid="device-monitoring-check" style={{ marginTop: '8px' }}>
      <LinkButton id="run" text="DeviceMonitoringCheck" onClick={run} />
      <div role="status">
        {remarks.map(({ severity, code, text }) => {
          const look = appearanceOf(severity, theme);
          return (
            <div
              key={text.key + text.params.device}
              data-severity={severity}
              data-code={code}
              style={{ display: 'flex', gap: '4px', marginTop: '4px' }}
            >
              <Icon look={look} />
              <div>
                {look.word && severity !== 'recovered' && (
                  <strong style={{ fontWeight: 600, color: look.accent }}>
                    <Text text={{ key: look.word }} />{' '}
                  </strong>
                )}
                <Text text={text} /> <Text text={adviceOf(text)} />
              </div>
            </div>
          );
        })}
        {running && <Text text={{ key: running }} />}
      </div>
    </div>
  );
}

const MemoisedCheck = React.memo(Check);
export { MemoisedCheck as Check };
