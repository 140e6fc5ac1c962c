import { Paragraph } from '@twilio-paste/core/paragraph';
import React from 'react';

import { formatDuration } from '../../../../src/ui/formatDuration';
import { useWords } from '../../floor/diagnosisLabels';
import { timeOfDay } from '../../format';
import { useText } from '../../text';
import { SortableTable } from '../SortableTable';

/** The keys of texts by the kinds of keys that agents have in common. */
const KINDS = {
  site: 'site',
  team: 'team',
  network: 'networkName',
  networkType: 'networkType',
  edge: 'edge',
  headset: 'headset',
  browser: 'browser',
  plugin: 'pluginVersion',
};
/** Names of products, in every language. */
const PRODUCTS = { voiceSdk: 'Voice SDK' };

/** What the tables of incidents say of one. */
function useCells() {
  const t = useText();
  const { what, why } = useWords();
  const nameOf = ({ kind, value }) => {
    if (kind === 'everyone') return t('everyone');
    return t('keyAndValue', { key: KINDS[kind] ? t(KINDS[kind]) : (PRODUCTS[kind] ?? kind), value });
  };
  const share = ({ troubled, agents }) => t('someOf', { some: troubled, all: agents });
  const counted = (counts, word) =>
    Object.entries(counts ?? {})
      .sort(([, one], [, other]) => other - one)
      .map(([name, count]) => t('withCount', { name: word(name), count }))
      .join(', ');
  return (incident) => {
    const { key, alike = [], names, omittedAgents = 0 } = incident;
    return {
      shared: {
        text:
          alike.length > 0 ? t('sharedAlso', { key: nameOf(key), others: alike.map(nameOf).join(', ') }) : nameOf(key),
      },
      troubled: { text: share(incident.with), value: incident.with.troubled },
      others: { text: key.kind === 'everyone' ? '' : share(incident.without), value: incident.without.troubled },
      what: { text: counted(incident.diagnoses, what) },
      why: { text: counted(incident.causes, why) },
      agents: {
        text: omittedAgents > 0 ? t('andMore', { names: names.join(', '), count: omittedAgents }) : names.join(', '),
      },
    };
  };
}

/** @param {{incidents: {open: any[], closed: any[]}, now: number}} props */
export function Incidents({ incidents: { open, closed }, now }) {
  const t = useText();
  const cellsOf = useCells();
  const columns = (...keys) => keys.map((key) => ({ key, title: t(key) }));
  const rowOf = (incident, more) => ({
    key: incident.id,
    props: { 'data-incident': incident.id },
    cells: { ...cellsOf(incident), ...more },
  });
  return (
    <>
      <Paragraph marginBottom="space0">{t('incidentsHelp')}</Paragraph>
      {open.length > 0 ? (
        <SortableTable
          name="incidents"
          label={t('incidents')}
          columns={columns('shared', 'troubled', 'others', 'since', 'what', 'why', 'agents')}
          rows={open.map((incident) =>
            rowOf(incident, {
              since: {
                text: t('sinceFor', {
                  at: timeOfDay(incident.since),
                  duration: formatDuration(Math.max(0, now - incident.since)),
                }),
                value: incident.since,
              },
            }),
          )}
        />
      ) : (
        <Paragraph>{t('noIncident')}</Paragraph>
      )}
      {closed.length > 0 && (
        <SortableTable
          name="closed-incidents"
          label={t('closedIncidents')}
          columns={columns('closedIncident', 'troubled', 'others', 'since', 'until', 'what', 'why', 'agents')}
          rows={closed.map((incident) => {
            const { shared, ...more } = cellsOf(incident);
            const at = timeOfDay(incident.closedAt);
            return {
              ...rowOf(incident, {
                ...more,
                closedIncident: shared,
                since: { text: timeOfDay(incident.since), value: incident.since },
                until: {
                  text: incident.ending === 'unheard' ? t('untilUnheard', { at }) : at,
                  value: incident.closedAt,
                },
              }),
              props: { 'data-closed-incident': incident.id },
            };
          })}
        />
      )}
    </>
  );
}
