/** The server of `http-proxy.ts`: tells its port, and its state when asked. */
import { setTimeout as sleep } from "node:timers/promises";
import { createProxy, noopSink } from "@activity/proxy";
import { createNodeServer } from "@activity/proxy/node";

const { bodyTimeoutMs, writeMs = 0 } = JSON.parse(process.argv[2] ?? "{}") as {
  bodyTimeoutMs?: number;
  writeMs?: number;
}; // Written by the test.
const ids: string[] = [];
const proxy = createProxy({
  sink: {
    ...noopSink(),
    write: async (events) => {
      await sleep(writeMs);
      ids.push(...events.map(({ event_id }) => event_id));
      return { state: "done", reached: "delivered" };
    },
  },
  allowedOrigins: ["https://app.example.com"],
  limits: { bodyTimeoutMs },
  onProblem: () => undefined,
});
const server = createNodeServer(proxy, { port: 0 });
process.send?.(Number(new URL(await server.listen()).port));
process.on("message", (question) => {
  const tell = (): void => {
    process.send?.({ ids, heldBytes: proxy.heldBytes, peakBytes: process.resourceUsage().maxRSS * 1_024 });
  };
  if (question === "close") void server.close({ graceMs: 500, timeoutMs: 5_000 }).then(tell);
  else tell();
});
process.once("disconnect", () => process.exit());
