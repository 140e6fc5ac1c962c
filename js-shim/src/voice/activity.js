import { flexState } from '../environment';
import { guarded } from '../guard';

/**
 * Tells the engine of the agent's activity: a shift is from leaving Offline until going Offline.
 * @param {object} manager
 * @param {ReturnType<import('../monitorHost').createMonitorHost>} host
 */
export function followActivity(manager, host) {
  const offlineSid = manager.serviceConfiguration?.taskrouter_offline_activity_sid;
  let known;
  const follow = guarded('following the activity', () => {
    const activity = flexState(manager)?.worker?.activity;
    if (!activity?.name || activity.sid === known) return;
    known = activity.sid;
    host.activity(activity.name, activity.sid, offlineSid);
  });
  manager.store.subscribe(follow);
  follow();
}
