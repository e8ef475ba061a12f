import type { WriteOutcome } from "@activity/core";
import { memorySink } from "@activity/core";
import { afterEach, describe, expect, it } from "@jest/globals";
import { eventText, heldSink, idsOf, startServer, stopServers, until } from "../test/proxy-server.ts";

afterEach(stopServers);

const delivered: WriteOutcome = { state: "done", reached: "delivered" };

describe("an answer of 202", () => {
  it.each(["queued", "durable", "delivered"] as const)(
    "is given only when the sink has reached %s",
    async (ack) => {
      const sink = heldSink();
      const { post } = await startServer({ sink, ack });
      let answered = false;
      const answer = post(eventText(1)).finally(() => {
        answered = true;
      });
      await until(() => sink.writes.length === 1);
      expect(answered).toBe(false);
      expect(sink.writes[0]?.options?.until).toBe(ack);
      sink.writes[0]?.answer({ state: "done", reached: ack });
      expect(await answer).toMatchObject({ status: 202, json: { accepted: 1 } });
    },
  );

  it("names what the sink refused for good, at its place in the body", async () => {
    const sink = heldSink();
    const { post } = await startServer({ sink });
    const answer = post(["{}", eventText(1), eventText(2), eventText(3)].join("\n"));
    await until(() => sink.writes.length === 1);
    const reason = { code: "too_large", detail: "the broker takes less" };
    sink.writes[0]?.answer({ ...delivered, except: [{ index: 1, was: "rejected", reason }] });
    expect((await answer).json).toMatchObject({
      accepted: 2,
      rejected: 2,
      problems: [
        { index: 0, code: "missing_field" },
        { index: 2, event_id: "id-2", ...reason },
      ],
    });
  });
});

describe("an answer of 503", () => {
  it("with Retry-After comes from a sink that takes nothing; the same events may come again", async () => {
    const sink = heldSink();
    const { post, problems } = await startServer({ sink });
    const refused = post(eventText(1));
    await until(() => sink.writes.length === 1);
    sink.writes[0]?.answer({ state: "refused", reason: { code: "capacity" }, retryAfterMs: 2_500 });
    const answer = await refused;
    expect(answer).toMatchObject({ status: 503, json: { code: "refused_by_sink" } });
    expect(answer.headers.get("retry-after")).toBe("3");
    expect(problems).toMatchObject([{ code: "unavailable" }]);

    const again = post(eventText(1));
    await until(() => sink.writes.length === 2);
    sink.writes[1]?.answer(delivered);
    expect((await again).json).toMatchObject({ accepted: 1, duplicates: 0 });
  });

  it.each(["withdrawn", "unknown", "dropped"] as const)(
    "is given when one event was %s; it is taken again, the others are duplicates",
    async (was) => {
      const sink = heldSink();
      const { post } = await startServer({ sink });
      const body = `${eventText(1)}\n${eventText(2)}`;
      const failed = post(body);
      await until(() => sink.writes.length === 1);
      sink.writes[0]?.answer({ ...delivered, except: [{ index: 1, was, reason: { code: "aborted" } }] });
      expect(await failed).toMatchObject({ status: 503, json: { code: "not_confirmed" } });

      const again = post(body);
      await until(() => sink.writes.length === 2);
      expect(sink.writes[1]?.events.map(({ event_id }) => event_id)).toEqual(["id-2"]);
      sink.writes[1]?.answer(delivered);
      expect((await again).json).toMatchObject({ accepted: 1, duplicates: 1 });
    },
  );

  it("comes when the time is up, and the write is withdrawn", async () => {
    const sink = heldSink();
    const { post } = await startServer({ sink, limits: { ackTimeoutMs: 300 } });
    const answer = post(eventText(1));
    await until(() => sink.writes.length === 1);
    sink.writes[0]?.options?.signal?.addEventListener("abort", () => {
      const except = [{ index: 0, was: "withdrawn", reason: { code: "aborted" } }] as const;
      sink.writes[0]?.answer({ ...delivered, except });
    });
    expect((await answer).status).toBe(503);
    const again = post(eventText(1));
    await until(() => sink.writes.length === 2);
    sink.writes[1]?.answer(delivered);
    expect((await again).json).toMatchObject({ accepted: 1 });
  });

  it("comes in time from a sink that does not listen, whose ids stay reserved until it says", async () => {
    const sink = heldSink();
    const { post, proxy } = await startServer({ sink, limits: { ackTimeoutMs: 200 } });
    expect(await post(eventText(1))).toMatchObject({ status: 503, json: { code: "not_confirmed" } });
    const joined = post(eventText(1));
    await until(() => proxy.heldBytes > 0);
    sink.writes[0]?.answer(delivered);
    expect((await joined).json).toMatchObject({ accepted: 0, duplicates: 1 });
    expect(sink.writes).toHaveLength(1);
  });

  it("comes from a sink that throws", async () => {
    const sink = { ...memorySink(), write: () => Promise.reject(new Error("broken")) };
    const { post, problems } = await startServer({ sink });
    expect(await post(eventText(1))).toMatchObject({ status: 503, json: { code: "not_confirmed" } });
    expect(problems).toMatchObject([{ code: "failed" }, { code: "unavailable" }]);
  });
});

describe("a repeat", () => {
  it("is a success and is not written again", async () => {
    const { post, sink } = await startServer();
    await post(eventText(1));
    expect(await post(eventText(1))).toMatchObject({ status: 202, json: { accepted: 0, duplicates: 1 } });
    expect(idsOf(sink)).toEqual(["id-1"]);
  });

  it("inside one body counts once", async () => {
    const { post, sink } = await startServer();
    const { json } = await post([eventText(1), eventText(1), eventText(2)].join("\n"));
    expect(json).toMatchObject({ accepted: 2, duplicates: 1 });
    expect(idsOf(sink)).toEqual(["id-1", "id-2"]);
  });

  it("from two clients at once is stored once, and both are told success", async () => {
    const sink = heldSink();
    const { post } = await startServer({ sink });
    const ids = Array.from({ length: 50 }, (_, at) => at);
    const first = post(ids.map((id) => eventText(id)).join("\n"));
    await until(() => sink.writes.length === 1);
    const second = post(
      [...ids, 50]
        .toReversed()
        .map((id) => eventText(id))
        .join("\n"),
    );
    await until(() => sink.writes.length === 2);
    expect(sink.writes[1]?.events.map(({ event_id }) => event_id)).toEqual(["id-50"]);
    for (const write of sink.writes) write.answer(delivered);
    expect(await first).toMatchObject({ status: 202, json: { accepted: 50, duplicates: 0 } });
    expect(await second).toMatchObject({ status: 202, json: { accepted: 1, duplicates: 50 } });
  });

  it("that joined a write shares its failure", async () => {
    const sink = heldSink();
    const { post, proxy } = await startServer({ sink });
    const first = post(eventText(1));
    await until(() => sink.writes.length === 1);
    const second = post(eventText(1));
    await until(() => proxy.heldBytes === 2 * eventText(1).length);
    sink.writes[0]?.answer({ state: "refused", reason: { code: "closed" } });
    expect((await first).status).toBe(503);
    expect((await second).status).toBe(503);
    expect(sink.writes).toHaveLength(1);
  });

  it("of a rejected event is written again", async () => {
    const sink = heldSink();
    const { post } = await startServer({ sink });
    const except = [{ index: 0, was: "rejected", reason: { code: "http_400" } }] as const;
    for (const round of [0, 1]) {
      const answer = post(eventText(1));
      await until(() => sink.writes.length === round + 1);
      sink.writes[round]?.answer({ ...delivered, except });
      expect(await answer).toMatchObject({ status: 422, json: { problems: [{ code: "http_400" }] } });
    }
  });

  it("is known by tenant", async () => {
    const { post, sink } = await startServer({
      authenticate: (request) => ({ tenant: request.header("authorization") }),
    });
    for (const authorization of ["a", "b", "a"]) {
      await post(eventText(1), { "content-type": "application/json", authorization });
    }
    expect(idsOf(sink)).toEqual(["id-1", "id-1"]);
  });

  it("is recognised within the window, and after a restart where the host remembers", async () => {
    const { post, sink, proxy } = await startServer({ dedupe: { maxIds: 2 } });
    proxy.remember(["id-0"]);
    expect((await post(eventText(0))).json).toMatchObject({ duplicates: 1 });
    for (const id of [1, 2, 1, 2, 0]) await post(eventText(id));
    expect(idsOf(sink)).toEqual(["id-1", "id-2", "id-0"]);
  });

  it("is forwarded where that is asked for", async () => {
    const { post, sink } = await startServer({ dedupe: false });
    const { json } = await post(`${eventText(1)}\n${eventText(1)}`);
    expect(json).toMatchObject({ accepted: 2, duplicates: 0 });
    expect(idsOf(sink)).toEqual(["id-1", "id-1"]);
  });
});
