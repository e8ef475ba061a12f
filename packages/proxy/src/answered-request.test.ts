import { afterEach, describe, expect, it } from "@jest/globals";
import { eventText, startServer, stopServers } from "../test/proxy-server.ts";
import type { AnsweredRequest } from "./index.ts";

afterEach(stopServers);

describe("onAnswer", () => {
  it("is told what became of every event of a request", async () => {
    const told: AnsweredRequest[] = [];
    const { post } = await startServer({
      authenticate: () => ({ tenant: "shop" }),
      onAnswer: (request) => told.push(request),
    });
    const { json } = await post(`${eventText(1)}\n{"event_id":"x"}\nnot json\n${eventText(1)}`);
    expect(told).toMatchObject([
      { requestId: json.request_id, status: 202, principal: { tenant: "shop" }, duplicates: 1, discarded: 0 },
    ]);
    const [request] = told;
    expect(request?.code).toBeUndefined();
    expect(request?.accepted.map(({ text }) => text)).toEqual([eventText(1)]);
    expect(request?.rejected.map(({ text, problem }) => [text, problem.index, problem.code])).toEqual([
      ['{"event_id":"x"}', 1, "missing_field"],
      ["not json", 2, "bad_json"],
    ]);
    expect(request?.durationMs).toBeGreaterThanOrEqual(0);
  });

  it("is told why a whole request was refused", async () => {
    const told: AnsweredRequest[] = [];
    const { post } = await startServer({
      authenticate: () => null,
      onAnswer: (request) => told.push(request),
    });
    await post(eventText(1));
    const detail = "nobody is signed in: authenticate found nobody in this request";
    expect(told).toMatchObject([{ status: 401, code: "not_signed_in", detail, accepted: [], rejected: [] }]);
    expect(told[0]?.principal).toBeUndefined();
  });

  it.each([
    ["", "the request has no Authorization header"],
    ["Bearer s3cret", "the request's Authorization is not known here"],
  ])("says what credentials are needed, and never which came: %j", async (authorization, what) => {
    const { post } = await startServer({
      authenticate: () => null,
      credentials: "Authorization: Bearer <session token>",
    });
    const { json } = await post(eventText(1), authorization === "" ? {} : { authorization });
    expect(json).toMatchObject({
      code: "not_signed_in",
      detail: `${what}; it must have Authorization: Bearer <session token>`,
    });
  });

  it("counts what was discarded", async () => {
    const told: AnsweredRequest[] = [];
    const { post } = await startServer({ consent: () => false, onAnswer: (request) => told.push(request) });
    await post(`${eventText(1)}\n${eventText(2)}`);
    expect(told).toMatchObject([{ status: 202, accepted: [], discarded: 2 }]);
  });

  it("may throw: the answer is given, and the problem told", async () => {
    const { post, problems } = await startServer({
      onAnswer: () => {
        throw new Error("host");
      },
    });
    expect((await post(eventText(1))).status).toBe(202);
    expect(problems).toMatchObject([{ code: "failed", message: expect.stringContaining("onAnswer threw") }]);
  });
});
