import { Box } from '@twilio-paste/core/box';
import { Button } from '@twilio-paste/core/button';
import { Table, TBody, Td, Th, THead, Tr } from '@twilio-paste/core/table';
import React, { useState } from 'react';

import { Floor } from '../engine';
import { save, today } from '../downloadFile';
import { useText } from '../text';
import { SmallButton } from './elements';

/**
 * @typedef {object} Cell
 * @property {string} text as it is shown and saved
 * @property {string | number} [value] by which it is sorted, if not by its text
 * @property {React.ReactNode} [node] what is shown in place of the text
 */
/** @typedef {{key: string, cells: Record<string, Cell>, props?: object, action?: React.ReactNode}} Row */

const valueOf = ({ cells }, column) => cells[column]?.value ?? cells[column]?.text ?? '';

function compare(one, other) {
  return typeof one === 'number' && typeof other === 'number'
    ? one - other
    : String(one).localeCompare(String(other), undefined, { numeric: true });
}

function Head({ columns, sort, onSort, action }) {
  return (
    <THead>
      <Tr>
        {columns.map(({ key, title }) => {
          const isSorted = sort?.column === key;
          const mark = sort?.descending ? ' ↓' : ' ↑';
          const direction = sort?.descending ? 'descending' : 'ascending';
          return (
            <Th key={key} aria-sort={isSorted ? direction : 'none'}>
              <Button variant="reset" size="reset" onClick={() => onSort(key)}>
                <Box as="span" display="block" textAlign="left">
                  {title}
                  <span aria-hidden="true">{isSorted ? mark : ''}</span>
                </Box>
              </Button>
            </Th>
          );
        })}
        {action && <Th>{action}</Th>}
      </Tr>
    </THead>
  );
}

/**
 * A table that is sorted by any column and can be saved.
 * @param {object} props
 * @param {string} props.name of the file that is saved
 * @param {string} props.label
 * @param {{key: string, title: string}[]} props.columns
 * @param {Row[]} props.rows in their order until a column is chosen
 * @param {string} [props.action] heading of the column of buttons
 */
export function SortableTable({ name, label, columns, rows, action }) {
  const t = useText();
  const [sort, setSort] = useState(/** @type {{column: string, descending: boolean} | undefined} */ (undefined));
  const onSort = (column) =>
    setSort((before) => ({ column, descending: before?.column === column && !before?.descending }));
  const sorted = sort
    ? [...rows].sort(
        (one, other) => (sort.descending ? -1 : 1) * compare(valueOf(one, sort.column), valueOf(other, sort.column)),
      )
    : rows;
  const saveAll = () => {
    const table = [
      columns.map(({ title }) => title),
      ...sorted.map(({ cells }) => columns.map(({ key }) => cells[key]?.text ?? '')),
    ];
    // With a byte order mark: else spreadsheets take the text for one in the computer's own encoding.
    save(new Blob(['\uFEFF', Floor.csv(table)], { type: 'text/csv;charset=utf-8' }), `${name}-${today()}.csv`);
  };
  return (
    <Box marginY="space50" data-testid={`device-monitoring-admin-view-table-${name}`}>
      <Table aria-label={label} scrollHorizontally>
        <Head columns={columns} sort={sort} onSort={onSort} action={action} />
        <TBody>
          {sorted.map(({ key, cells, props, action: button }) => (
            <Tr key={key} {...props}>
              {columns.map((column) => (
                <Td key={column.key}>{cells[column.key]?.node ?? cells[column.key]?.text}</Td>
              ))}
              {action && <Td>{button}</Td>}
            </Tr>
          ))}
        </TBody>
      </Table>
      <Box marginTop="space30">
        <SmallButton data-testid={`device-monitoring-admin-view-csv-${name}`} onClick={saveAll}>
          {t('saveCsv')}
        </SmallButton>
      </Box>
    </Box>
  );
}
