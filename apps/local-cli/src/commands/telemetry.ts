import { runTelemetryCommand } from "@activity/sink-intake";
import { activityOptions } from "../open-activity.ts";

/** Says what is recorded, shows it, switches it on and off: all of it comes with the client. */
export async function telemetry(argv: readonly string[]): Promise<void> {
  process.exitCode = await runTelemetryCommand(argv, activityOptions());
}
