/** Replaced by webpack: the address of the Functions, without the Function's name. */
declare const __SERVERLESS_URI__: string | undefined;

/** The admin's view, a script of its own. */
interface AdminView {
  /** Of its engine. */
  version: string;
  Desk: import('react').ComponentType<{ access: object }>;
}

interface Window {
  /** What the script of the admin's view leaves behind. */
  DeviceMonitoringDesk?: Promise<AdminView>;
}
