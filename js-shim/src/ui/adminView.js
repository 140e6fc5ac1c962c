import * as Flex from '@twilio/flex-ui';
import React, { useEffect, useState } from 'react';

import { doublingPause } from '../doublingPause';
import { ADMIN_VIEW_INTEGRITY } from '../generated/adminView';
import { guarded } from '../guard';
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

/** The script's components, once they are there; `sentence` as long as they cannot be. */
function useScript(serverlessUri, text) {
  const [script, setScript] = useState(/** @type {Partial<AdminViewScript> & {sentence?: string}} */ ({}));
  useEffect(() => {
    let isOver = false;
    let retrying;
    const show = (found) => {
      if (!isOver) setScript(found);
    };
    if (!serverlessUri) return show({ sentence: text('DeviceMonitoringAdminViewNoFunction') });
    const nextPause = doublingPause();
    const look = () =>
      load(serverlessUri)
        .then(() => window.DeviceMonitoringAdminView)
        .then((loaded) => {
          if (!loaded) throw new Error('the script has failed');
          show(loaded);
        })
        .catch(() => {
          loading = undefined;
          show({ sentence: text('DeviceMonitoringAdminViewUnavailable') });
          if (!isOver) retrying = setTimeout(look, nextPause());
        });
    look();
    return () => {
      isOver = true;
      clearTimeout(retrying);
    };
  }, [serverlessUri, text]);
  return script;
}

function AdminViewPlace({ access, text }) {
  const { AdminView, sentence } = useScript(access.environment.serverlessUri, text);
  return AdminView ? (
    <AdminView access={access} />
  ) : (
    <p role="status" style={{ padding: '16px' }}>
      {sentence}
    </p>
  );
}

function TeamsCellPlace({ access, text, row }) {
  const { TeamsCell } = useScript(access.environment.serverlessUri, text);
  return TeamsCell ? <TeamsCell access={access} workerSid={row.worker.sid} /> : null;
}

/** A column in Flex's Teams View: whether an agent's call is in trouble now. */
function addTeamsColumn({ WorkersDataTable, ColumnDefinition }, given) {
  WorkersDataTable.Content.add(
    <ColumnDefinition
      key={VIEW}
      header={NAME}
      // Otherwise only who has chosen it among Flex's columns would see it.
      defaultVisible
      style={{ width: '180px' }}
      // Nothing is read of the row out here: an exception would take Flex off the screen.
      content={(row) => (
        <Boundary name="the column in the Teams View" component={TeamsCellPlace} componentProps={{ ...given, row }} />
      )}
    />,
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
 *   reportsCalls: boolean, session: () => {token?: string}}} access what the view may ask for
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
      roles: manager.user.roles,
      get insightsClient() {
        return manager.insightsClient;
      },
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
  if (access.reportsCalls) guarded("adding the Teams View's column", () => addTeamsColumn(flex, given))();
  flex.SideNav.Content.add(<Boundary key={VIEW} name="the admin view's entry" component={SideEntry} />);
}
