import { Box } from '@twilio-paste/core/box';
import React from 'react';

import { percent, timeOfDay } from '../../format';
import { useText } from '../../text';
import { SortableTable } from '../SortableTable';

const WIDTH_REM = 12;

/** How many calls of how many were bad, as a bar whose length is the number of calls. What it shows is in the cells beside it. */
function Bar({ calls, bad, most }) {
  const part = (count) => `${(WIDTH_REM * count) / most}rem`;
  return (
    <Box display="flex" aria-hidden="true" height="sizeIcon20">
      <Box backgroundColor="colorBackgroundError" style={{ width: part(bad) }} />
      <Box backgroundColor="colorBackgroundPrimaryWeak" style={{ width: part(calls - bad) }} />
    </Box>
  );
}

/** The last 24 hours. */
export function Hours({ hours }) {
  const t = useText();
  const most = Math.max(1, ...hours.map(({ calls }) => calls));
  const columns = [
    { key: 'hour', title: t('hour') },
    { key: 'calls', title: t('calls') },
    { key: 'bad', title: t('badCalls') },
    { key: 'share', title: t('share') },
  ];
  const rows = [...hours].reverse().map(({ from, calls, bad }) => ({
    key: String(from),
    cells: {
      hour: { text: timeOfDay(from, 'short'), value: from },
      calls: { text: String(calls), value: calls },
      bad: { text: String(bad), value: bad },
      share: { text: calls ? percent(bad / calls) : '', value: calls ? bad / calls : -1 },
    },
    action: <Bar calls={calls} bad={bad} most={most} />,
  }));
  return <SortableTable name="hours" label={t('lastDay')} columns={columns} rows={rows} action={t('chart')} />;
}
