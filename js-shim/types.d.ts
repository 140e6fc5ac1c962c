/** Replaced by webpack: the address of the Functions, without the Function's name. */
declare const __SERVERLESS_URI__: string | undefined;

/** What the admin view's script hands over. */
interface AdminViewScript {
  AdminView: import('react').ComponentType<{ access: object }>;
  TeamsCell: import('react').ComponentType<{ access: object; workerSid: string }>;
}

interface Window {
  /** What the admin view's script leaves behind. */
  DeviceMonitoringAdminView?: Promise<AdminViewScript>;
}
