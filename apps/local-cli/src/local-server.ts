import { createProxy } from "@activity/proxy";
import { createNodeServer, type NodeServer } from "@activity/proxy/node";
import type { CliClient } from "@activity/sink-intake";
import { type Page, servePage } from "@activity-apps/serve-page";
import { version } from "./open-activity.ts";
import { PageTokens } from "./page-tokens.ts";
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
  const tokens = new PageTokens();
  const proxy = createProxy({
    sink: activity.sink,
    ack: "durable",
    allowedHosts: "loopback",
    // Switched off, perhaps while this runs: nothing is written, and the answer says `discarded`.
    consent: () => activity.enabled,
    authenticate: (request) => {
      const token = request.header("activity-token") ?? "";
      // A leaving page cannot set headers; its browser says that it is our own page.
      if (!tokens.knows(token) && request.header("sec-fetch-site") !== "same-origin") return null;
      // Whom the page was served for, not who signed in since; without its token only the page knows.
      const user = tokens.userOf(token);
      const { installId } = activity;
      return {
        attributes: {
          version,
          ...(installId === undefined ? {} : { install_id: installId }),
          ...(user === undefined ? {} : { user_id: user }),
        },
      };
    },
  });

  /** What the page is told. */
  function meta(): Readonly<Record<string, string>> {
    const user = readUser();
    return {
      "activity-token": tokens.issue(user),
      "activity-install-id": activity.installId ?? "",
      "activity-user-id": user ?? "",
      "activity-enabled": String(activity.enabled),
    };
  }

  /** Each page that is served gets a token of its own. */
  const page: Page = {
    folder: pageFolder,
    get meta() {
      return meta();
    },
  };

  return createNodeServer(proxy, {
    port,
    otherwise: (request, response) => {
      if (request.url?.startsWith("/api/")) response.writeHead(502).end("this project has no such API");
      else void servePage(page, request, response);
    },
  });
}
