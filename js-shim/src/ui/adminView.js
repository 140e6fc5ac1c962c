import * as Flex from '@twilio/flex-ui';
import React, { useEffect, useState } from 'react';

import { ADMIN_VIEW_INTEGRITY } from '../generated/adminView';
import { Boundary } from './Boundary';
import { languageOf, textsFor } from './strings';

const VIEW = 'device-monitoring';
const NAME = 'Device Monitoring';
const ROLES = ['admin', 'supervisor'];
/** Where the plugin is switched off: it is switched on again in this view. */
const ROLES_WHEN_OFF = ['admin'];

/** @type {Promise<unknown> | undefined} */
let loading;

/**
 * The admin view is a script of its own, which agents never download; the Function `admin-view` hands it out. The browser
 * runs it only if it is the one that was built together with this plugin.
 */
function load(address) {
  loading =
    loading ??
    new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = `${address}/admin-view?v=${encodeURIComponent(ADMIN_VIEW_INTEGRITY)}`;
      script.integrity = ADMIN_VIEW_INTEGRITY;
      script.crossOrigin = 'anonymous';
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
  return loading;
}

function AdminViewPlace({ access, text }) {
  const {
    environment: { serverlessUri },
  } = access;
  const [adminView, setAdminView] = useState(/** @type {Partial<AdminViewScript> & {sentence?: string}} */ ({}));
  useEffect(() => {
    const fail = (sentence) => setAdminView({ sentence });
    if (!serverlessUri) return fail(text('DeviceMonitoringAdminViewNoFunction'));
    load(serverlessUri)
      .then(() => window.DeviceMonitoringAdminView)
      .then((loaded) => {
        if (!loaded) throw new Error('the script has failed');
        setAdminView(loaded);
      })
      .catch(() => {
        loading = undefined;
        fail(text('DeviceMonitoringAdminViewUnavailable'));
      });
    return undefined;
  }, [serverlessUri, text]);
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
 * @param {Record<string, Record<string, string>>} languages the agents' texts of each language by their keys
 * @param {{environment: object, alerts: () => object[], openRecordings: () => Promise<IDBDatabase>,
 *   token: () => string | undefined}} access what the
 *   view may ask for; `token()` gives the Flex token of that moment
 * @param {boolean} isOn false: the plugin is switched off
 */
export function addAdminView(flex, manager, languages, access, isOn = true) {
  const roles = isOn ? ROLES : ROLES_WHEN_OFF;
  if (!manager.user?.roles?.some((role) => roles.includes(role))) return;
  // Any plugin may change a text, and later than this.
  const text = (key) => manager.strings[key] ?? textsFor(manager, languages)[key];
  const given = {
    text,
    access: {
      ...access,
      language: languageOf(manager),
      get strings() {
        return manager.strings;
      },
    },
  };
  flex.ViewCollection.Content.add(
    <flex.View name={VIEW} key={VIEW}>
      <Boundary name="the admin view" component={AdminViewPlace} componentProps={given} />
    </flex.View>,
  );
  flex.SideNav.Content.add(<Boundary key={VIEW} name="the admin view's entry" component={SideEntry} />);
}
