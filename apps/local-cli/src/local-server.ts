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
  const proxy = createProxy({
    sink: activity.sink,
    ack: "durable",
    allowedHosts: "loopback",
    authenticate: (request) => {
      // A leaving page cannot set headers; its browser says that it is our own page.
      const own =
        request.header("activity-token") === token || request.header("sec-fetch-site") === "same-origin";
      return own ? { attributes: stamps() } : null;
    },
  });

  /** What is put onto the page's events, and what the page is told of it. */
  function stamps(): Readonly<Record<string, string>> {
    const known = { install_id: activity.installId, user_id: readUser() };
    return Object.fromEntries(
      Object.entries(known).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
  }

  function meta(): Readonly<Record<string, string>> {
    const { install_id = "", user_id = "" } = stamps();
    const enabled = String(activity.installId !== undefined);
    return {
      "activity-token": token,
      "activity-install-id": install_id,
      "activity-user-id": user_id,
      "activity-enabled": enabled,
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
