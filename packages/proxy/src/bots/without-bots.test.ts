import { afterEach, describe, expect, it } from "@jest/globals";
import { isbot } from "isbot";
import { eventText, idsOf, startServer, stopServers } from "../../test/proxy-server.ts";
import type { Consent } from "../index.ts";
import { createBotCheck, withoutBots } from "./index.ts";

afterEach(stopServers);

const crawler = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
const person =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1";
const page = { origin: "https://shop.example" };
const allowedOrigins = [page.origin];

describe("withoutBots", () => {
  it("discards what a crawler's page sends, and tells it so that it does not come again", async () => {
    const { post, sink } = await startServer({ allowedOrigins, consent: withoutBots() });
    const answer = await post(eventText(1), { ...page, "user-agent": crawler });
    expect(answer).toMatchObject({ status: 202, json: { accepted: 0, discarded: 1 } });
    expect(await post(eventText(2), { ...page, "user-agent": person })).toMatchObject({
      status: 202,
      json: { accepted: 1 },
    });
    expect(idsOf(sink)).toEqual(["id-2"]);
  });

  it.each(["node", "curl/8.1", "okhttp/4"])(
    "takes what the program %s sends, which is no page",
    async (program) => {
      const { post, sink } = await startServer({ allowedOrigins, consent: withoutBots() });
      await post(eventText(1), { "user-agent": program });
      expect(idsOf(sink)).toEqual(["id-1"]);
    },
  );

  it("leaves people to the host's own consent", async () => {
    const answers: Consent[] = ["denied", false, true];
    const consent = withoutBots<{ id: string }>({
      consent: async (principal) => {
        expect(principal).toEqual({ id: "u1" });
        return answers.shift() ?? true;
      },
    });
    const { post } = await startServer({ allowedOrigins, consent, authenticate: () => ({ id: "u1" }) });
    const headers = { ...page, "user-agent": person };
    expect((await post(eventText(1), headers)).status).toBe(403);
    expect((await post(eventText(2), { ...headers, "user-agent": crawler })).json.discarded).toBe(1);
    expect((await post(eventText(3), headers)).json.discarded).toBe(1);
    expect((await post(eventText(4), headers)).json.accepted).toBe(1);
  });
});

describe("createBotCheck", () => {
  it("takes the package that a bundled server brings", async () => {
    const { post } = await startServer({ allowedOrigins, consent: withoutBots({ isbot }) });
    expect((await post(eventText(1), { ...page, "user-agent": crawler })).json.discarded).toBe(1);
    const own = withoutBots({ isbot: (userAgent) => userAgent === "mine" });
    const other = await startServer({ allowedOrigins, consent: own });
    expect((await other.post(eventText(1), { ...page, "user-agent": "mine" })).json.discarded).toBe(1);
    expect((await other.post(eventText(2), { ...page, "user-agent": crawler })).json.accepted).toBe(1);
  });

  it("lets a host mark what bots send in place of discarding it", async () => {
    const isBot = createBotCheck();
    const authenticate = (request: Parameters<typeof isBot>[0]) => ({
      attributes: { by_bot: isBot(request) },
    });
    const { post, sink } = await startServer({ allowedOrigins, authenticate });
    await post(eventText(1), { ...page, "user-agent": crawler });
    await post(eventText(2), { ...page, "user-agent": person });
    expect(sink.events).toMatchObject([{ by_bot: true }, { by_bot: false }]);
  });
});
