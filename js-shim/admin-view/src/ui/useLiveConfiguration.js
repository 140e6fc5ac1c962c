import { useCallback, useEffect, useState } from 'react';

import { doublingPause } from '../../../src/doublingPause';
import { askConfiguration } from '../configurationFunction';
import { objectOf } from '../draft';

const PLACE = 'attributes';
const NOT_AN_ADMIN = 'not-an-admin';

/**
 * @typedef {object} Live our block in the Flex configuration at Twilio
 * @property {'reading' | 'ready' | 'closed'} state `closed`: it cannot be read from here
 * @property {string} [problem] why not: `not-an-admin`, `not-reached`, or what the Function says
 * @property {object | null} [block]
 * @property {Record<string, string>} [version]
 * @property {object[] | null} [history] null: Sync does not give it
 * @property {object[]} [actions] that are deployed, and whether each can be run; none from an earlier release of the Function
 */

/** @returns {Live} */
const liveIn = ({ places, history, actions }, before) => {
  const { block, version } = places[PLACE];
  return {
    state: 'ready',
    block: JSON.parse(block ?? 'null'),
    version,
    history: history ?? before?.history ?? null,
    actions: actions ?? before?.actions,
  };
};

/** @returns {Live} */
const closedBy = ({ error, message }) => ({ state: 'closed', problem: error === NOT_AN_ADMIN ? error : message });

/**
 * The block as the Function reads it, and the writing of another one in its place.
 * @param {object} access
 * @returns {{live: Live, write: (block: object | null, restores?: string) => Promise<object>}} `write` gives the Function's
 *   answer: `state`, and of what was not written `error`, `message` and perhaps `changed`
 */
export function useLiveConfiguration(access) {
  const [live, setLive] = useState(/** @type {Live} */ ({ state: 'reading' }));
  useEffect(() => {
    let isOver = false;
    let retrying;
    const nextPause = doublingPause();
    const read = async () => {
      const found = await askConfiguration(access)
        .then(({ ok, body }) => (ok ? liveIn(body) : closedBy(body)))
        .catch(() => /** @type {Live} */ ({ state: 'closed', problem: 'not-reached' }));
      if (isOver) return;
      setLive(found);
      if (found.state === 'closed' && found.problem !== NOT_AN_ADMIN) retrying = setTimeout(read, nextPause());
    };
    read();
    return () => {
      isOver = true;
      clearTimeout(retrying);
    };
  }, [access]);

  const write = useCallback(
    async (block, restores) => {
      const fields = { block: JSON.stringify(block), seen: JSON.stringify(objectOf(live.version)) };
      const answer = await askConfiguration(access, { ...fields, ...(restores && { restores }) }).catch(
        () => undefined,
      );
      if (!answer) return { state: 'unknown', error: 'not-reached' };
      const { body } = answer;
      if (objectOf(body.places)[PLACE]) setLive((before) => liveIn(body, before));
      return body;
    },
    [access, live.version],
  );
  return { live, write };
}
