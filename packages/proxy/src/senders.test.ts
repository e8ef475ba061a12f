import { systemClock } from "@activity/core";
import { afterEach, describe, expect, it } from "@jest/globals";
import { eventText, startServer, stopServers } from "../test/proxy-server.ts";

afterEach(stopServers);

const ndjson = { "content-type": "application/x-ndjson" };

describe("a rate limit", () => {
  const time = { ms: 0 };
  const clock = { ...systemClock, monotonic: () => time.ms };
  const rateLimit = { perMinute: 60, burst: 2 };

  it("holds for each address: 429 says when to come again, and nothing is taken", async () => {
    const { post, sink } = await startServer({ rateLimit, clock });
    const answers = [await post(eventText(1)), await post(eventText(2)), await post(eventText(3))];
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 429]);
    expect(answers[2]?.headers.get("retry-after")).toBe("1");
    expect(answers[2]?.json.detail).toContain("rateLimit");
    expect(sink.texts).toHaveLength(2);
    time.ms += 1_000;
    expect((await post(eventText(3))).status).toBe(202);
  });

  it("believes as many forwarded addresses as there are trusted hops", async () => {
    const near = await startServer({ rateLimit, clock });
    const behind = await startServer({ rateLimit, clock, trustedHops: 1 });
    const statuses: number[][] = [[], []];
    for (const forged of ["1.1.1.1", "2.2.2.2", "3.3.3.3"]) {
      const headers = { ...ndjson, "x-forwarded-for": `${forged}, ${forged}` };
      statuses[0]?.push((await near.post(eventText(forged), headers)).status);
      statuses[1]?.push((await behind.post(eventText(forged), headers)).status);
    }
    expect(statuses).toEqual([
      [202, 202, 429],
      [202, 202, 202],
    ]);
  });

  it("holds for each principal, wherever it sends from", async () => {
    const { post } = await startServer({
      rateLimit,
      clock,
      trustedHops: 1,
      authenticate: (request) => ({ id: request.header("x-user") }),
    });
    const status = async (user: string, address: string): Promise<number> =>
      (await post(eventText(`${user}${address}`), { ...ndjson, "x-user": user, "x-forwarded-for": address }))
        .status;
    expect([
      await status("a", "1.1.1.1"),
      await status("a", "2.2.2.2"),
      await status("a", "3.3.3.3"),
    ]).toEqual([202, 202, 429]);
    expect(await status("b", "3.3.3.3")).toBe(202);
  });
});

describe("a key that belongs to the server", () => {
  it("may not be brought, but with the value that the server gives", async () => {
    const { post, sink } = await startServer({
      reservedKeys: ["user_id", "plan"],
      authenticate: () => ({ attributes: { user_id: "u1" } }),
    });
    const { json } = await post(
      [
        eventText(1),
        eventText(2, { user_id: "u1" }),
        eventText(3, { plan: "gold" }),
        eventText(4, { user_id: "u2" }),
        eventText(5, { nested: { plan: "gold" } }),
        eventText(6).replace("}", ',"pl\\u0061n":"gold"}'),
      ].join("\n"),
    );
    expect(json).toMatchObject({
      accepted: 3,
      problems: [
        { index: 2, code: "reserved_key", pointer: "/plan" },
        { index: 3, code: "reserved_key", pointer: "/user_id" },
        { index: 5, code: "reserved_key", pointer: "/plan" },
      ],
    });
    expect(JSON.stringify(json)).not.toContain("gold");
    expect(sink.events.map(({ user_id }) => user_id)).toEqual(["u1", "u1", "u1"]);
  });
});

describe("a program that is no visitor", () => {
  it("is told that its events were discarded, by what it calls itself", async () => {
    const { post, sink } = await startServer({
      consent: (_, request) => !/bot/i.test(request.header("user-agent") ?? ""),
    });
    const crawler = { ...ndjson, "user-agent": "Examplebot/1.0" };
    expect((await post(eventText(1), crawler)).json).toMatchObject({ accepted: 0, discarded: 1 });
    expect((await post(eventText(2), { ...ndjson, "user-agent": "Firefox" })).json).toMatchObject({
      accepted: 1,
    });
    expect(sink.events).toMatchObject([{ event_id: "id-2" }]);
  });
});
