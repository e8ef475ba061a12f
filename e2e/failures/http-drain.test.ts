/** A server that ends while clients go on over connections that stay open: who is told success is safe, and nobody is cut off in its grace. */
import { Agent, request } from "node:http";
import { afterAll, expect, it } from "@jest/globals";
import { eventText, startHttpProxy, stopHttpProxies } from "./support/http-proxy.ts";

afterAll(stopHttpProxies);

it("answers everybody who reaches it while it drains", async () => {
  const proxy = await startHttpProxy({ writeMs: 20 });
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const confirmed: string[] = [];
  const failures = new Set<string>();
  let ending = false;
  const send = (id: string): Promise<void> =>
    new Promise((resolve) => {
      const sent = request(
        proxy.url,
        { method: "POST", agent, headers: { "content-type": "application/x-ndjson" } },
        (response) => {
          response.resume();
          response.once("close", resolve);
          if (response.statusCode === 202) confirmed.push(id);
          else failures.add(String(response.statusCode));
        },
      );
      sent.once("error", (error) => {
        // A connection refused or reset before a byte of an answer: the client still has its event.
        failures.add("code" in error ? String(error.code) : error.message);
        resolve();
      });
      sent.end(eventText(id));
    });
  let stop = false;
  const clients = Array.from({ length: 20 }, async (_, client) => {
    for (let n = 1; !stop; n++) await send(`drain-${client}.${n}`);
  });
  while (confirmed.length < 200) await new Promise((resolve) => setTimeout(resolve, 5));
  expect([...failures]).toEqual([]);
  const closed = proxy.close();
  ending = true;
  const { ids, heldBytes } = await closed;
  stop = true;
  await Promise.all(clients);
  agent.destroy();
  expect(ending && heldBytes).toBe(0);
  expect(new Set(ids).size).toBe(ids.length);
  const written = new Set(ids);
  expect(confirmed.filter((id) => !written.has(id))).toEqual([]);
  // After its grace it says so, or is not there.
  for (const failure of failures) expect(["503", "ECONNREFUSED", "ECONNRESET", "EPIPE"]).toContain(failure);
});
