import * as Flex from '@twilio/flex-ui';
import React from 'react';

import { Text } from './Text';
import { useFocusKept } from './useFocusKept';

const STYLE = { padding: '4px 0', minHeight: '24px', whiteSpace: 'normal', textAlign: 'left' };

/**
 * One of Flex's buttons, as quiet as a link.
 * @param {{text: string, id: string, onClick: () => void}} props text: the key of what it says; id: tests find it by that
 */
function LinkButton({ text, id, onClick }) {
  return (
    <span ref={useFocusKept()}>
      <Flex.Button variant="link" size="small" style={STYLE} data-testid={`device-monitoring-${id}`} onClick={onClick}>
        <Text text={{ key: text }} />
      </Flex.Button>
    </span>
  );
}

const MemoisedLinkButton = React.memo(LinkButton);
export { MemoisedLinkButton as LinkButton };
