import * as Flex from '@twilio/flex-ui';
import React, { useEffect, useState } from 'react';

import { Boundary } from './Boundary';

const VIEW = 'device-monitoring';
const NAME = 'Device Monitoring';
const ROLES = ['admin', 'supervisor'];

/** @type {Promise<unknown> | undefined} */
let loading;

/** The desk is a script of its own beside the Function, which agents never download. It registers itself in the page. */
function load(address, version) {
  loading =
    loading ??
    new Promise((resolve, reject) => {
      const script = document.createElement('script');
      // So that a browser's cache does not keep that of an earlier version.
      script.src = `${address}/device-monitoring-desk.js?v=${version}`;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
  return loading;
}

function DeskPlace({ access }) {
  const {
    environment: { serverlessUri },
    version,
  } = access;
  const [desk, setDesk] = useState(/** @type {Partial<AdminView> & {sentence?: string}} */ ({}));
  useEffect(() => {
    const fail = (sentence) => setDesk({ sentence });
    if (!serverlessUri)
      return fail('This view needs the Function, and the plugin was built without REACT_APP_SERVERLESS_URI.');
    load(serverlessUri, version)
      .then(() => window.DeviceMonitoringDesk)
      .then((loaded) => {
        if (!loaded) throw new Error('the script has failed');
        if (loaded.version === version) setDesk(loaded);
        else
          fail(
            `The view beside the Function is of version ${loaded.version}, the plugin of ${version}: deploy both from one build.`,
          );
      })
      .catch(() => {
        loading = undefined;
        fail('This view cannot be loaded from the Function: is it deployed, and are you online?');
      });
    return undefined;
  }, [serverlessUri, version]);
  return desk.Desk ? (
    <desk.Desk access={access} />
  ) : (
    <p role="status" style={{ padding: '16px' }}>
      {desk.sentence}
    </p>
  );
}

function SideEntry({ activeView, showLabel }) {
  return (
    <Flex.SideLink
      aria-label={NAME}
      showLabel={showLabel}
      icon="Data"
      isActive={activeView === VIEW}
      onClick={() => Flex.Actions.invokeAction('NavigateToView', { viewName: VIEW })}
    >
      {NAME}
    </Flex.SideLink>
  );
}

/**
 * Registers the admin's view, for who has the role.
 * @param {object} flex
 * @param {object} manager
 * @param {{environment: object, version: string, alerts: () => object[], openRecordings: () => Promise<IDBDatabase>}} access
 *   what the desk may ask for
 */
export function addDesk(flex, manager, access) {
  if (!manager.user?.roles?.some((role) => ROLES.includes(role))) return;
  flex.ViewCollection.Content.add(
    <flex.View name={VIEW} key={VIEW}>
      <Boundary name="the desk" of={DeskPlace} given={{ access }} />
    </flex.View>,
  );
  flex.SideNav.Content.add(<Boundary key={VIEW} name="the entry of the desk" of={SideEntry} />);
}
