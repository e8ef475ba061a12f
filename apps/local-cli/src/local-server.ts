import { randomBytes } from "node:crypto";
import { createProxy } from "@activity/proxy";
import { createNodeServer, type NodeServer } from "@activity/proxy/node";
import type { CliClient } from "@activity/sink-intake";
import { servePage } from "@activity-apps/serve-page";
import { readUser } from "./user-file.ts";

/** What the local server is made of. */
export interface LocalServerOptions {
  readonly activity: CliClient;
  readonly port: number;
  /** The built page. */
  readonly pageFolder: URL;
}

/**
 * The server of path 5. It takes its page's events into the CLI's own spool and answers when they are on
 * disk; whether the intake can be reached does not matter to the page. It listens on the loopback interface
 * only, and only its own page, which was given the token, may send.
 */
export function createLocalServer({ activity, port, pageFolder }: LocalServerOptions): NodeServer {
  const token = randomBytes(24).toString("base64url");
  const { installId } = activity;
  const proxy = createProxy({
    sink: activity.sink,
    ack: "durable",
    allowedHosts: "loopback",
    // Switched off: nothing is written, and the answer says `discarded`.
    consent: () => installId !== undefined,
    authenticate: (request) => {
      // A leaving page cannot set headers; its browser says that it is our own page.
      const own =
        request.header("activity-token") === token || request.header("sec-fetch-site") === "same-origin";
      // The user is left to the page, which knows whose it was when it was opened: another may have signed in since.
      return own ? { attributes: installId === undefined ? {} : { install_id: installId } } : null;
    },
  });

  /** What the page is told. */
  function meta(): Readonly<Record<string, string>> {
    return {
      "activity-token": token,
      "activity-install-id": installId ?? "",
      "activity-user-id": readUser() ?? "",
      "activity-enabled": String(installId !== undefined),
    };
  }

  return createNodeServer(proxy, {
    port,
    otherwise: (request, response) => {
      if (request.url?.startsWith("/api/")) response.writeHead(502).end("this project has no such API");
      else void servePage({ folder: pageFolder, meta: meta() }, request, response);
    },
  });
}
