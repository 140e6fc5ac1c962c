import { Box } from '@twilio-paste/core/box';
import { Button } from '@twilio-paste/core/button';
import { Card } from '@twilio-paste/core/card';
import { Heading } from '@twilio-paste/core/heading';
import { Paragraph } from '@twilio-paste/core/paragraph';
import { Table, TBody, Td, Th, THead, Tr } from '@twilio-paste/core/table';
import { Text } from '@twilio-paste/core/text';
import React from 'react';

import { useFocusKept } from '../../../src/ui/useFocusKept';

/**
 * A part of a page, under a heading of its own.
 * @param {object} props
 * @param {string} props.id
 * @param {string} props.title
 * @param {boolean} [props.isWide] it has a table of many columns
 * @param {React.ReactNode} props.children
 */
export function Section({ id, title, isWide = false, children }) {
  return (
    <Box
      as="section"
      tabIndex={-1}
      data-testid={`device-monitoring-admin-view-${id}`}
      aria-labelledby={`device-monitoring-${id}`}
      width="100%"
      maxWidth={isWide ? 'size120' : 'size80'}
      marginBottom="space80"
    >
      <Heading as="h2" variant="heading30" id={`device-monitoring-${id}`}>
        {title}
      </Heading>
      {children}
    </Box>
  );
}

/** Paste's pattern for a place where there is nothing yet: what it is for, and what to do. */
export function EmptyState({ title, children, ...props }) {
  return (
    <Box maxWidth="size60" marginY="space80" marginX="auto" {...props}>
      <Card padding="space80">
        <Heading as="h2" variant="heading30">
          {title}
        </Heading>
        <Paragraph marginBottom="space0">{children}</Paragraph>
      </Card>
    </Box>
  );
}

export function SmallButton({ children, ...props }) {
  return (
    <span ref={useFocusKept()}>
      <Button variant="secondary" size="small" {...props}>
        {children}
      </Button>
    </span>
  );
}

/** Text in bold within a sentence. */
export function Strong({ children }) {
  return (
    <Text as="strong" fontWeight="fontWeightSemibold" fontSize="inherit" lineHeight="inherit" color="inherit">
      {children}
    </Text>
  );
}

/** @param {{label: string, columns: string[], rows: {key: any, cells: any[], props?: object}[]}} props */
export function DataTable({ label, columns, rows }) {
  return (
    <Box marginY="space50">
      <Table aria-label={label} scrollHorizontally>
        <THead>
          <Tr>
            {columns.map((column) => (
              <Th key={column}>{column}</Th>
            ))}
          </Tr>
        </THead>
        <TBody>
          {rows.map(({ key, cells, props }) => (
            <Tr key={key} {...props}>
              {/* The columns of a table never change their order. */}
              {cells.map((cell, index) => (
                <Td key={columns[index]}>{cell}</Td>
              ))}
            </Tr>
          ))}
        </TBody>
      </Table>
    </Box>
  );
}
