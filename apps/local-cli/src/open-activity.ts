import { type CliClient, type CliClientOptions, createCliClient } from "@activity/sink-intake/cli";
import { readUser } from "./user-file.ts";

/** The version of this program. */
export const version = "2.3.0";

/** What every command says of this program, `acme telemetry` too. */
export function activityOptions(): CliClientOptions {
  return {
    app: "acme-cli",
    version,
    intake: {
      url: process.env["ACME_INTAKE_URL"] ?? "http://127.0.0.1:4318/v1/events",
      // Whoever has the program has the key: it lets write, and nothing else.
      writeKey: process.env["ACME_WRITE_KEY"],
    },
    variable: "ACME_TELEMETRY",
    notice: `acme sends which commands are used, never what they work on, to help its makers.
See it with "acme telemetry show"; switch it off with "acme telemetry disable" or ACME_TELEMETRY=off.`,
    attributes: { user_id: readUser(), os: process.platform, arch: process.arch },
  };
}

/** The client of a command: same application, same spool, same install id. */
export function openActivity(options: Pick<CliClientOptions, "longLived"> = {}): CliClient {
  return createCliClient({ ...activityOptions(), ...options });
}
