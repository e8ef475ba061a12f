/** The programs of docs/recipes.md as they stand there: real servers, a real Kafka, SIGTERM while a request is answered. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { audit } from "@activity/core";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { transform } from "esbuild";
import type { Component } from "../support/component.ts";
import { killAll, startComponent } from "../support/component.ts";
import { holdPost, untilRefused } from "../support/held-post.ts";
import type { KafkaBroker } from "../support/kafka-broker.ts";
import { startKafka } from "../support/kafka-broker.ts";
import { removeFolder } from "../support/remove-folder.ts";

const timeoutMs = 240_000;
const recipes = readFileSync(new URL("../../docs/recipes.md", import.meta.url), "utf8");
const frameworks = ["express", "fastify", "hono", "nest"] as const;
/** Requests that are answered side by side. */
const together = 20;
/** Below our packages, and no file of the repository: others list and copy those meanwhile. */
const cache = fileURLToPath(new URL("../.cache/", import.meta.url));
let samples: string;
let broker: KafkaBroker;

beforeAll(async () => {
  mkdirSync(cache, { recursive: true });
  samples = mkdtempSync(join(cache, "recipes-"));
  broker = await startKafka();
}, timeoutMs);
afterAll(async () => {
  killAll();
  await broker?.stop();
  removeFolder(samples);
});

async function startRecipe(name: string, topic: string): Promise<Component> {
  const source = new RegExp(`\`\`\`ts ${name}\\n([\\s\\S]*?)\`\`\``).exec(recipes)?.[1] ?? "";
  const tsconfigRaw = { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: true } };
  const { code } = await transform(source.replace('topic: "events"', `topic: "${topic}"`), {
    loader: "ts",
    tsconfigRaw,
  });
  const file = join(samples, `${name}.mjs`);
  writeFileSync(file, code);
  const component = startComponent({
    name,
    file: pathToFileURL(file),
    environment: { PORT: "0", KAFKA_BROKERS: broker.brokers.join(",") },
  });
  await component.line(/listens on \S+/);
  return component;
}

/** Orders number `n` as user `n`. The body comes in two pieces, so that a server has to wait for it. */
async function order(address: string, n: number): Promise<number> {
  const text = JSON.stringify({ order: n });
  const body = new ReadableStream({
    async start(controller) {
      controller.enqueue(new TextEncoder().encode(text.slice(0, 5)));
      await new Promise((resolve) => setTimeout(resolve, 10 * (n % 5)));
      controller.enqueue(new TextEncoder().encode(text.slice(5)));
      controller.close();
    },
  });
  const headers = { "content-type": "application/json", ...headersOf(n) };
  const init = { method: "POST", headers, body, duplex: "half" };
  return (await fetch(`${address}/orders`, init)).status;
}

function headersOf(n: number): Record<string, string> {
  return { "x-request-id": `request-${n}`, "x-user": `user-${n}` };
}

interface Ordered {
  readonly event_id: string;
  readonly event_name: string;
  readonly order: number;
}

describe.each(frameworks)("on %s", (name) => {
  it(
    "each event carries its request, and SIGTERM loses neither an answer nor an event",
    async () => {
      await broker.createTopic(name, 3);
      const service = await startRecipe(name, name);
      const [, found = ""] = await service.line(/listens on (\S+)/);
      const address = found.replace("[::1]", "127.0.0.1");
      const numbers = Array.from({ length: together }, (_, index) => index + 1);
      expect(new Set(await Promise.all(numbers.map((n) => order(address, n))))).toEqual(new Set([201]));

      let ended: Promise<number | null> | undefined;
      const { status } = await holdPost({
        url: `${address}/orders`,
        headers: headersOf(together + 1),
        body: JSON.stringify({ order: together + 1 }),
        between: () => {
          // It is killed when it waits for idle connections: Fastify would for 72 s.
          ended = service.stop();
          return untilRefused(address);
        },
      });
      expect(status).toBe(201);
      await service.line(new RegExp(`stopped: ${together + 2} delivered, 0 dropped`));
      // Nest sends itself the signal again when it is done, as a program without a handler would end.
      expect(name === "nest" ? [0, null] : [0]).toContain(await ended);

      const events = (await broker.readTopic(name)).map(({ value }) => JSON.parse(value) as Ordered);
      const ordered = events
        .filter(({ event_name }) => event_name === "order_create")
        .toSorted((a, b) => a.order - b.order);
      expect(ordered).toMatchObject(
        [...numbers, together + 1].map((n) => ({
          order: n,
          request_id: `request-${n}`,
          user_id: `user-${n}`,
          route: "/orders",
          service_name: "shop-api",
        })),
      );
      expect(await audit(events)).toMatchObject({ lost: 0, duplicated: 0, sources: [{ tail: "closed" }] });
    },
    timeoutMs,
  );
});
