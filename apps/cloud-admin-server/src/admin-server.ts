import type { IncomingMessage, ServerResponse } from "node:http";
import { createProxy, type Principal } from "@activity/proxy";
import { createNodeServer, type NodeServer } from "@activity/proxy/node";
import type { Client, Sink } from "@activity/sink-kafka";
import { servePage } from "@activity-apps/serve-page";
import { Sessions } from "./sessions.ts";

/** What the server is made of. */
export interface AdminServerOptions {
  /** For the server's own events. */
  readonly activity: Client;
  /** For the events of its page: the same sink. */
  readonly sink: Sink;
  readonly port: number;
  /** The built page. */
  readonly pageFolder: URL;
}

/** `/v1/events` takes the page's events, `/api/*` signs people in and out, everything else is the page. */
export function createAdminServer({ activity, sink, port, pageFolder }: AdminServerOptions): NodeServer {
  const sessions = new Sessions();
  const proxy = createProxy<Principal>({
    sink,
    // A page's event is answered for when Kafka has it, not before.
    ack: "delivered",
    // Everybody may send; who is signed in is put onto their events by us, never by the page.
    authenticate: (_, native) => {
      const user = sessions.userOf(native as IncomingMessage); // Mounted on node:http.
      // null where nobody is: left out, it would be anybody's to fill in.
      return { attributes: { user_id: user ?? null } };
    },
    stamp: ["received_at"],
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (`${request.method} ${request.url}`) {
      case "POST /api/login": {
        const user = String((await readJson(request))["user"] ?? "").slice(0, 64);
        if (user === "") return json(response, 400, { error: "user is missing" });
        activity.withUser(user).track("login_success", { method: "password" });
        response.setHeader("set-cookie", sessions.open(user));
        return json(response, 200, { user });
      }
      case "POST /api/logout":
        response.setHeader("set-cookie", sessions.close(request));
        return json(response, 200, {});
      case "GET /api/me": {
        const user = sessions.userOf(request);
        return user === undefined ? json(response, 401, {}) : json(response, 200, { user });
      }
      case "POST /api/github/connect":
        // The button that fails, so that page and server have an error to tell of.
        activity.recordError(new Error("GitHub did not answer"), {
          organization_id: "org_acme",
          api: "github",
        });
        return json(response, 502, { error: "GitHub did not answer" });
      default:
        if (request.url?.startsWith("/api/")) return json(response, 404, { error: "there is no such API" });
        return servePage({ folder: pageFolder }, request, response);
    }
  }

  return createNodeServer(proxy, {
    port,
    otherwise: (request, response) => {
      const startedMs = performance.now();
      response.once("finish", () => {
        const attributes = { method: request.method, status: response.statusCode };
        activity.recordMetric("request_elapsed_ms", performance.now() - startedMs, attributes);
      });
      answer(request, response).catch((error: unknown) => {
        activity.recordError(error, { api: request.url });
        response.writeHead(500).end();
      });
    },
  });
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > 10_000) throw new Error("the request is larger than 10,000 characters");
  }
  const value: unknown = JSON.parse(text || "{}");
  return typeof value === "object" && value !== null ? { ...value } : {};
}
