import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { addAttributes, contextAttributes, runWithAttributes } from "./context-attributes.ts";

/** Resolves after other tasks of the event loop had their turn. */
const otherTasks = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Holds all who wait until there are so many of them. */
function barrier(count: number): () => Promise<void> {
  const waiting: (() => void)[] = [];
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length === count) for (const release of waiting) release();
    });
}

describe("runWithAttributes", () => {
  it("gives its attributes to what it runs, and to nothing else", () => {
    expect(contextAttributes()).toBeUndefined();
    expect(runWithAttributes({ a: 1 }, contextAttributes)).toEqual({ a: 1 });
    expect(contextAttributes()).toBeUndefined();
  });

  it("returns what the function returns and throws what it throws", async () => {
    const error = new Error("no");
    const fail = (): never => {
      throw error;
    };
    expect(runWithAttributes({}, () => 3)).toBe(3);
    await expect(runWithAttributes({}, async () => 4)).resolves.toBe(4);
    expect(() => runWithAttributes({}, fail)).toThrow(error);
    expect(contextAttributes()).toBeUndefined();
  });

  it.each<[string, (done: (seen: unknown) => void) => void]>([
    ["await", (done) => void otherTasks().then(() => done(contextAttributes()))],
    ["a timer", (done) => void setTimeout(() => done(contextAttributes()), 0)],
    ["an immediate", (done) => void setImmediate(() => done(contextAttributes()))],
    ["a microtask", (done) => queueMicrotask(() => done(contextAttributes()))],
    ["the next tick", (done) => process.nextTick(() => done(contextAttributes()))],
  ])("keeps them across %s", async (_, later) => {
    const seen = runWithAttributes({ a: 1 }, () => new Promise(later));
    expect(contextAttributes()).toBeUndefined();
    expect(await seen).toEqual({ a: 1 });
  });

  it("keeps concurrent contexts apart", async () => {
    const run = (id: number): Promise<unknown> =>
      runWithAttributes({ id }, async () => {
        await otherTasks();
        addAttributes({ [`added_${id}`]: true });
        await otherTasks();
        return contextAttributes();
      });
    expect(await Promise.all([run(1), run(2)])).toEqual([
      { id: 1, added_1: true },
      { id: 2, added_2: true },
    ]);
  });

  it("lays nested attributes over those around them", () => {
    runWithAttributes({ a: 1, b: 1 }, () => {
      expect(runWithAttributes({ b: 2, c: 2 }, contextAttributes)).toEqual({ a: 1, b: 2, c: 2 });
      expect(contextAttributes()).toEqual({ a: 1, b: 1 });
    });
  });

  it("takes the attributes as they are when it is called", () => {
    const attributes = { a: 1 };
    runWithAttributes(attributes, () => {
      attributes.a = 2;
      expect(contextAttributes()).toEqual({ a: 1 });
    });
  });
});

describe("addAttributes", () => {
  it("does nothing outside a context, and says so", () => {
    expect(addAttributes({ a: 1 })).toBe(false);
    expect(contextAttributes()).toBeUndefined();
  });

  it("adds to the current context, also for what was started before", async () => {
    await runWithAttributes({ a: 1 }, async () => {
      const started = otherTasks().then(contextAttributes);
      expect(addAttributes({ a: 2, b: 2 })).toBe(true);
      expect(contextAttributes()).toEqual({ a: 2, b: 2 });
      expect(await started).toEqual({ a: 2, b: 2 });
    });
  });

  it("does not leak out of a nested run, and reaches nested runs that start later", () => {
    runWithAttributes({ a: 1 }, () => {
      runWithAttributes({}, () => addAttributes({ inner: true }));
      expect(contextAttributes()).toEqual({ a: 1 });
      addAttributes({ outer: true });
      expect(runWithAttributes({}, contextAttributes)).toEqual({ a: 1, outer: true });
    });
  });

  it("leaves attributes alone that were given out before", () => {
    runWithAttributes({ a: 1 }, () => {
      const before = contextAttributes();
      addAttributes({ a: 2 });
      expect(before).toEqual({ a: 1 });
    });
  });
});

describe("attributes that cannot be read", () => {
  const hostile = {
    good: 1,
    get bad(): never {
      throw new Error("no");
    },
  };

  it("keep a getter that throws for the encoder to name", () => {
    runWithAttributes({ a: 1, good: 0 }, () => {
      expect(addAttributes(hostile)).toBe(true);
      addAttributes({ b: 2 });
      const attributes = runWithAttributes({ c: 3 }, contextAttributes) ?? {};
      expect(Object.keys(attributes)).toEqual(["a", "good", "bad", "b", "c"]);
      expect(attributes["good"]).toBe(1);
      expect(() => attributes["bad"]).toThrow("no");
    });
  });

  it("are left out where not even their names can be listed", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    runWithAttributes({ a: 1 }, () => {
      expect(runWithAttributes(proxy, contextAttributes)).toEqual({ a: 1 });
    });
    expect(runWithAttributes(proxy, contextAttributes)).toEqual({});
  });
});

describe("two copies of the package", () => {
  it("share one context", async () => {
    const specifier = "./context-attributes.ts?copy=2";
    const copy = (await import(specifier)) as typeof import("./context-attributes.ts"); // Another copy of that very file.
    expect(copy.runWithAttributes).not.toBe(runWithAttributes);
    copy.runWithAttributes({ a: 1 }, () => {
      expect(addAttributes({ b: 2 })).toBe(true);
      expect(copy.contextAttributes()).toEqual({ a: 1, b: 2 });
    });
  });
});

describe("as middleware of a server", () => {
  let server: Server | undefined;
  afterEach(() => void server?.close());

  type Handler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

  const requestContext: Handler = (request, _response, next) =>
    runWithAttributes({ request_path: request.url }, next);

  it("keeps concurrent requests apart", async () => {
    const bothArrived = barrier(2);
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      await bothArrived(); // Each is answered while the other is under way.
      addAttributes({ user_id: request.headers["x-user"] });
      await otherTasks();
      response.end(JSON.stringify(contextAttributes()));
    };
    server = createServer((request, response) =>
      requestContext(request, response, () => void answer(request, response)),
    );
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo; // It listens on a port, not on a pipe.
    const get = async (path: string, user: string): Promise<unknown> =>
      (await fetch(`http://127.0.0.1:${port}${path}`, { headers: { "x-user": user } })).json();
    expect(await Promise.all([get("/a", "ann"), get("/b", "bob")])).toEqual([
      { request_path: "/a", user_id: "ann" },
      { request_path: "/b", user_id: "bob" },
    ]);
  });
});
