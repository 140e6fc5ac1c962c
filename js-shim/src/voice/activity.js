import { flexState } from '../environment';
import { guarded } from '../guard';

/**
 * Tells the engine when the agent goes Offline and when they leave it: a shift is in between.
 * @param {object} manager
 * @param {ReturnType<import('../holder').holdMonitor>} holder
 */
export function followActivity(manager, holder) {
  const offlineSid = manager.serviceConfiguration?.taskrouter_offline_activity_sid;
  let known;
  const follow = guarded('following the activity', () => {
    const activity = flexState(manager)?.worker?.activity;
    if (!activity?.name || activity.sid === known) return;
    known = activity.sid;
    holder.activity(offlineSid ? activity.sid === offlineSid : activity.name === 'Offline');
  });
  manager.store.subscribe(follow);
  follow();
}
