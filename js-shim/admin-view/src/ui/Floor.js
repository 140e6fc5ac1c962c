import React from 'react';

import { useText } from '../text';
import { EmptyState } from './elements';

/** Who is in trouble now. */
export function Floor() {
  const t = useText();
  return (
    <EmptyState title={t('floorOff')} data-testid="device-monitoring-admin-view-floor">
      {t('floorOffHelp')}
    </EmptyState>
  );
}
