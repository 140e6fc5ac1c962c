import { Paragraph } from '@twilio-paste/core/paragraph';
import React from 'react';

import { differenceBetween } from '../draft';
import { moment } from '../format';
import { ownProperty } from '../ownProperty';
import { useText } from '../text';
import { Difference } from './Difference';
import { DataTable, Section, SmallButton } from './elements';

const STATES = {
  writing: 'stateUnknown',
  unknown: 'stateUnknown',
  'not-written': 'stateNotWritten',
  unverified: 'stateUnverified',
  differs: 'stateDiffers',
  written: 'stateWritten',
};

const blockOf = (text) => JSON.parse(text ?? 'null');
/** Whether two blocks say the same. */
const isSame = (one, other) => (one === null) === (other === null) && differenceBetween(one, other).length === 0;

/**
 * Who has changed the configuration, when and how; any version can be put back.
 * @param {{history: object[] | null, block: object | null, onRestore: (block: object | null, id: string) => void}} props
 */
export function History({ history, block, onRestore }) {
  const t = useText();
  const entries = (history ?? []).filter(({ place }) => place === 'attributes');
  const restore = (version, id, label) =>
    isSame(version, block) ? (
      t('isLive')
    ) : (
      <SmallButton aria-label={label} data-restore={id} onClick={() => onRestore(version, id)}>
        {t('restore')}
      </SmallButton>
    );
  const rows = entries.map(({ id, at, by, before, after, state }) => ({
    key: id,
    props: { 'data-change': id },
    cells: [
      moment(at),
      by.name ?? by.workerSid,
      <Difference difference={differenceBetween(blockOf(before), blockOf(after))} />,
      t(ownProperty(STATES, state) ?? 'stateUnknown'),
      restore(blockOf(after), id, t('restoreFrom', { moment: moment(at) })),
    ],
  }));
  const first = entries[entries.length - 1];
  return (
    <Section id="history" title={t('history')}>
      <Paragraph>{t(history === null ? 'noHistoryKept' : 'historyHelp')}</Paragraph>
      {first && (
        <>
          <DataTable
            label={t('history')}
            columns={[t('when'), t('who'), t('what'), t('state'), t('version')]}
            rows={rows}
          />
          <Paragraph>
            {t('beforeFirst')} {restore(blockOf(first.before), first.id, t('restoreFirst'))}
          </Paragraph>
        </>
      )}
    </Section>
  );
}
