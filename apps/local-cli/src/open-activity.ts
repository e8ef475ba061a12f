import { type CliClient, createCliClient } from "@activity/sink-intake";
import { readUser } from "./user-file.ts";

/** The version of this program. */
export const version = "2.3.0";

/** The client of every command: same application, same spool, same install id. */
export function openActivity(): CliClient {
  return createCliClient({
    app: "acme-cli",
    version,
    intake: {
      url: process.env["ACME_INTAKE_URL"] ?? "http://127.0.0.1:4318/v1/events",
      // Whoever has the program has the key: it lets write, and nothing else.
      writeKey: process.env["ACME_WRITE_KEY"],
    },
    attributes: { user_id: readUser(), os: process.platform, arch: process.arch },
  });
}
