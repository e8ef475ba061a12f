import type { Environment } from "@activity/spool";

/**
 * Whether the person at the machine has switched telemetry off: `DO_NOT_TRACK` (https://consoledonottrack.com)
 * or `ACTIVITY_TELEMETRY=off`.
 */
export function isSwitchedOff(env: Environment): boolean {
  const { DO_NOT_TRACK: doNotTrack = "", ACTIVITY_TELEMETRY: telemetry = "" } = env;
  return (
    !/^(?:|0|false|off|no)$/i.test(doNotTrack.trim()) ||
    /^(?:0|false|off|no|disabled)$/i.test(telemetry.trim())
  );
}
