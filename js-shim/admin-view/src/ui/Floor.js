import React from 'react';

import { useText } from '../text';
import { EmptyState } from './elements';

/** Who is in trouble now. @param {{isReporting?: boolean}} props whether calls are reported */
export function Floor({ isReporting }) {
  const t = useText();
  return (
    <EmptyState title={t(isReporting ? 'floorOn' : 'floorOff')} data-testid="device-monitoring-admin-view-floor">
      {t(isReporting ? 'floorOnHelp' : 'floorOffHelp')}
    </EmptyState>
  );
}
