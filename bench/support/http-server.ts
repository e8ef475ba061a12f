/** One server of the HTTP benchmark in a process of its own: `node http-server.ts ARM [directory]`. Tells its port and, when asked, what it has used. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PerformanceObserver } from "node:perf_hooks";
import { memorySink, type Sink } from "@activity/core";
import { createProxy } from "@activity/proxy";
import { nodeHandler } from "@activity/proxy/node";
import { fileSink } from "@activity/spool";

/** What a server has used since it began. */
export interface ServerUsage {
  readonly cpuUs: number;
  readonly collections: number;
  readonly collectionMs: number;
}

const [arm = "", directory = ""] = process.argv.slice(2);
const collected = { count: 0, ms: 0 };
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) {
    collected.count++;
    collected.ms += duration;
  }
}).observe({ entryTypes: ["gc"] });

const servers: Readonly<Record<string, () => Promise<Server>>> = {
  bare: async () =>
    createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = answer(Buffer.concat(chunks).toString());
        response
          .writeHead(202, { "content-type": "application/json", "content-length": body.length })
          .end(body);
      });
    }),
  ours: async () => ours("delivered", clearedSink()),
  durable: async () => ours("durable", fileSink({ directory })),
  fastify: async () => {
    const { fastify } = await import("fastify");
    const app = fastify();
    app.addContentTypeParser("application/x-ndjson", { parseAs: "string" }, (_, body, done) =>
      done(null, body),
    );
    app.post(
      "/v1/events",
      async (request, reply) =>
        reply
          .code(202)
          .type("application/json")
          .send(answer(request.body as string)), // By the parser above.
    );
    await app.ready();
    return app.server;
  },
  hono: async () => {
    const [{ Hono }, { createAdaptorServer }] = await Promise.all([
      import("hono"),
      import("@hono/node-server"),
    ]);
    const app = new Hono();
    app.post("/v1/events", async (context) =>
      context.body(answer(await context.req.text()), 202, { "content-type": "application/json" }),
    );
    return createAdaptorServer({ fetch: app.fetch }) as Server; // Of node:http unless told otherwise.
  },
  express: async () => {
    const { default: express } = await import("express");
    const app = express();
    app.use(express.text({ type: "*/*", limit: "1mb" }));
    app.post("/v1/events", (request, response) => {
      response.status(202).type("application/json").send(answer(request.body));
    });
    return createServer(app);
  },
};

const make = servers[arm];
if (make === undefined) throw new Error(`${arm} is none of ${Object.keys(servers).join(", ")}`);
const server = await make();
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port)); // On a port.
process.on("message", (message) => {
  if (message === "collect") globalThis.gc?.();
  setImmediate(() => {
    const { user, system } = process.cpuUsage();
    const usage: ServerUsage = {
      cpuUs: user + system,
      collections: collected.count,
      collectionMs: collected.ms,
    };
    process.send?.(usage);
  });
});
process.once("disconnect", () => process.exit());

function ours(ack: "delivered" | "durable", sink: Sink): Server {
  // A server that is measured must have no problem; where it has one, the answers alone do not say which.
  const proxy = createProxy({ sink, ack, onProblem: (problem) => console.error(problem) });
  return createServer(nodeHandler(proxy, { path: "/v1/events" }));
}

/** Keeps as much as a memory store does by default, as if a next hop took it from there. */
function clearedSink(): Sink {
  const sink = memorySink();
  let kept = 0;
  return {
    ...sink,
    write: (events, options) => {
      kept += events.length;
      if (kept > 10_000) {
        sink.clear();
        kept = events.length;
      }
      return sink.write(events, options);
    },
  };
}

/** The bare work: every line parsed. */
function answer(body: string): string {
  let accepted = 0;
  for (const line of body.split("\n")) {
    if (line === "") continue;
    JSON.parse(line);
    accepted++;
  }
  return `{"accepted":${accepted},"duplicates":0,"rejected":0,"discarded":0,"request_id":"0123456789abcdef"}`;
}
