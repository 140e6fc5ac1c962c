import { Box } from '@twilio-paste/core/box';
import { Input } from '@twilio-paste/core/input';
import { Paragraph } from '@twilio-paste/core/paragraph';
import React, { useState } from 'react';

import { findWorkers } from '../../floor/workers';
import { useText } from '../../text';
import { Section, SmallButton } from '../elements';
import { Field } from './Filter';
import { ForgetWorker } from './ForgetWorker';

const ID = 'device-monitoring-forget-name';

/**
 * For admins: removes everything about a worker whom they know by name, also what is kept under a pseudonym, without a
 * word on which one that is.
 * @param {{access: object, say: (text: string, variant?: 'success' | 'error') => void}} props
 */
export function ForgetByName({ access, say }) {
  const t = useText();
  const [name, setName] = useState('');
  const [found, setFound] = useState(/** @type {{worker: string, agent: string}[] | undefined} */ (undefined));
  if (!access.roles?.includes('admin')) return null;
  const find = (event) => {
    event.preventDefault();
    if (!name.trim()) return;
    findWorkers(access, name.trim()).then(setFound, (error) =>
      say(t('workersNotFound', { reason: error?.message ?? String(error) }), 'error'),
    );
  };
  return (
    <Section id="forget-by-name" title={t('forgetByName')}>
      <Paragraph>{t('forgetByNameHelp')}</Paragraph>
      <Box as="form" onSubmit={find} display="flex" flexWrap="wrap" columnGap="space50" alignItems="flex-end">
        <Field id={ID} label={t('workerName')}>
          <Input id={ID} type="text" value={name} onChange={({ target }) => setName(target.value)} />
        </Field>
        <SmallButton type="submit">{t('find')}</SmallButton>
      </Box>
      <Box role="status" marginY="space40">
        {found && t('workersFound', { count: found.length })}
      </Box>
      {found?.map(({ worker, agent }) => (
        <Box key={worker} marginBottom="space30">
          <ForgetWorker access={access} worker={worker} agent={agent} label={t('forgetOne', { agent })} say={say} />
        </Box>
      ))}
    </Section>
  );
}
