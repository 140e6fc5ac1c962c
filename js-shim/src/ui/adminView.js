import * as Flex from '@twilio/flex-ui';
import React, { useEffect, useState } from 'react';

import { Boundary } from './Boundary';

const VIEW = 'device-monitoring';
const NAME = 'Device Monitoring';
const ROLES = ['admin', 'supervisor'];

/** @type {Promise<unknown> | undefined} */
let loading;

/** The admin view is a script of its own beside the Function, which agents never download. It registers itself in the page. */
function load(address, version) {
  loading =
    loading ??
    new Promise((resolve, reject) => {
      const script = document.createElement('script');
      // So that a browser's cache does not keep that of an earlier version.
      script.src = `${address}/device-monitoring-admin-view.js?v=${version}`;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
  return loading;
}

function AdminViewPlace({ access }) {
  const {
    environment: { serverlessUri },
    version,
  } = access;
  const [adminView, setAdminView] = useState(/** @type {Partial<AdminViewScript> & {sentence?: string}} */ ({}));
  useEffect(() => {
    const fail = (sentence) => setAdminView({ sentence });
    if (!serverlessUri)
      return fail('This view needs the Function, and the plugin was built without REACT_APP_SERVERLESS_URI.');
    load(serverlessUri, version)
      .then(() => window.DeviceMonitoringAdminView)
      .then((loaded) => {
        if (!loaded) throw new Error('the script has failed');
        if (loaded.version === version) setAdminView(loaded);
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
  return adminView.AdminView ? (
    <adminView.AdminView access={access} />
  ) : (
    <p role="status" style={{ padding: '16px' }}>
      {adminView.sentence}
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
 * Registers the admin view, for users with a role that may see it.
 * @param {object} flex
 * @param {object} manager
 * @param {{environment: object, version: string, alerts: () => object[], openRecordings: () => Promise<IDBDatabase>}} access
 *   what the view may ask for
 */
export function addAdminView(flex, manager, access) {
  if (!manager.user?.roles?.some((role) => ROLES.includes(role))) return;
  flex.ViewCollection.Content.add(
    <flex.View name={VIEW} key={VIEW}>
      <Boundary name="the admin view" component={AdminViewPlace} componentProps={{ access }} />
    </flex.View>,
  );
  flex.SideNav.Content.add(<Boundary key={VIEW} name="the admin view's entry" component={SideEntry} />);
}
