import { describe, expect, it } from "@jest/globals";
import type { KafkajsClient } from "./kafkajs-client.ts";
import { createKafkajsClients } from "./kafkajs-clients.ts";

interface FakeClient extends KafkajsClient {
  ended: number;
}

/** Clients that only count; the first `refusals` of them cannot connect. */
function fakeClients(refusals = 0): { readonly made: FakeClient[]; create(): KafkajsClient } {
  const made: FakeClient[] = [];
  const create = (): KafkajsClient => {
    const refuses = made.length < refusals;
    const producer = { connect: async () => (refuses ? Promise.reject(new Error("refused")) : undefined) };
    const client: FakeClient = {
      producer: producer as never, // Only connect is called here.
      ask: () => Promise.reject(new Error("not asked")),
      end: async () => {
        client.ended++;
      },
      ended: 0,
    };
    made.push(client);
    return client;
  };
  return { made, create };
}

const down = (): Promise<never> => Promise.reject(new Error("connection lost"));
const refuse = (): Promise<never> =>
  Promise.reject(Object.assign(new Error("no"), { type: "NOT_LEADER_FOR_PARTITION" }));

describe("createKafkajsClients", () => {
  it("makes one client a topic, once for all who wait", async () => {
    const { made, create } = fakeClients();
    const clients = createKafkajsClients({ create, idempotent: false });
    await Promise.all([
      clients.open("a"),
      clients.open("a"),
      clients.use("a", async () => 1),
      clients.open("b"),
    ]);
    expect(made).toHaveLength(2);
  });

  it("tries anew after it could not connect", async () => {
    const { made, create } = fakeClients(1);
    const clients = createKafkajsClients({ create, idempotent: false });
    expect((await clients.open("a")).failure?.kind).toBe("unavailable");
    expect(await clients.use("a", async () => 7)).toEqual({ value: 7 });
    expect(made.map(({ ended }) => ended)).toEqual([1, 0]);
  });

  it("replaces one that numbers its records after every send that may have been written", async () => {
    const { made, create } = fakeClients();
    const clients = createKafkajsClients({ create, idempotent: true });
    await clients.use("a", refuse);
    await clients.open("a");
    expect(made.map(({ ended }) => ended)).toEqual([1, 0]);
  });

  it("replaces a client whose connection failed, and keeps one that was merely refused", async () => {
    const { made, create } = fakeClients();
    const clients = createKafkajsClients({ create, idempotent: false });
    expect((await clients.use("a", refuse)).failure?.kind).toBe("partition");
    expect(made).toHaveLength(1);
    expect((await clients.use("a", down)).failure?.kind).toBe("unavailable");
    await clients.open("a");
    expect(made.map(({ ended }) => ended)).toEqual([1, 0]);
  });

  it("does not end a client while something is under way that may go well", async () => {
    const { made, create } = fakeClients();
    const clients = createKafkajsClients({ create, idempotent: false });
    let finish = (_value: string): void => undefined;
    const slow = clients.use("a", () => new Promise<string>((resolve) => (finish = resolve)));
    await clients.use("a", down);
    await clients.use("a", async () => "by the next client");
    expect(made.map(({ ended }) => ended)).toEqual([0, 0]);
    finish("well");
    expect(await slow).toEqual({ value: "well" });
    expect(made.map(({ ended }) => ended)).toEqual([1, 0]);
  });

  it("keeps the new client when something fails late on the old one", async () => {
    const { made, create } = fakeClients();
    const clients = createKafkajsClients({ create, idempotent: false });
    let fail = (_cause: Error): void => undefined;
    const slow = clients.use("a", () => new Promise<never>((_, reject) => (fail = reject)));
    await clients.use("a", down);
    await clients.open("a");
    fail(new Error("connection lost"));
    await slow;
    await clients.open("a");
    expect(made.map(({ ended }) => ended)).toEqual([1, 0]);
  });

  it("ends all on close, and makes none after it", async () => {
    const { made, create } = fakeClients();
    const clients = createKafkajsClients({ create, idempotent: false });
    let fail = (_cause: Error): void => undefined;
    const slow = clients.use("a", () => new Promise<never>((_, reject) => (fail = reject)));
    await clients.open("b");
    await clients.close();
    expect(made.map(({ ended }) => ended)).toEqual([1, 1]);
    fail(new Error("the client is closed"));
    expect((await slow).failure?.kind).toBe("closed");
    expect((await clients.open("c")).failure?.kind).toBe("closed");
    expect(made).toHaveLength(2);
  });
});
