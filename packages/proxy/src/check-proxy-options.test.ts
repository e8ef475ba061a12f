import { memorySink } from "@activity/core";
import { describe, expect, it } from "@jest/globals";
import { createProxy, type ProxyOptions } from "./index.ts";

const make = (options: object) => (): unknown => createProxy(options as ProxyOptions);

describe("createProxy", () => {
  it.each<[string, object]>([
    ['ack is "yes"; it must be one of "queued", "durable", "delivered"', { ack: "yes" }],
    ['stamp is ["recieved_at"]; it must be a list of "received_at", "sent_at"', { stamp: ["recieved_at"] }],
    [
      'allowedHosts is "local"; it must be a list of names of hosts, or "loopback"',
      { allowedHosts: "local" },
    ],
    [
      'allowedOrigins is "https://a.example"; it must be a list of exact origins such as https://app.example.com, or a function',
      { allowedOrigins: "https://a.example" },
    ],
    [
      'limits of createProxy has no option "maxBody"; did you mean "maxBodyBytes"?',
      { limits: { maxBody: 1 } },
    ],
    ["limits.maxEvents is 0; it must be more than 0", { limits: { maxEvents: 0 } }],
    ["rateLimit.perMinute is undefined; it must be more than 0", { rateLimit: { burst: 1 } }],
    ["rateLimit.perMinute is NaN; it must be more than 0", { rateLimit: { perMinute: Number.NaN } }],
    ["rateLimit.burst is -1; it must be more than 0", { rateLimit: { perMinute: 1, burst: -1 } }],
    ["trustedHops is -1; it must be a count from 0", { trustedHops: -1 }],
    ["dedupe is true; it must be false, or an object", { dedupe: true }],
    ['authenticate is "session"; it must be a function', { authenticate: "session" }],
    ['createProxy has no option "onAnswers"; did you mean "onAnswer"?', { onAnswers: () => undefined }],
  ])("refuses what cannot be: %s", (message, options) => {
    const sink = memorySink();
    expect(make({ sink, ...options })).toThrow(expect.objectContaining({ code: "INVALID_OPTION", message }));
  });

  it("needs a sink", () => {
    expect(make({})).toThrow("sink is undefined; it must be a sink, such as memorySink()");
    expect(createProxy as () => unknown).toThrow(
      "the argument of createProxy is undefined; it must be an object with sink",
    );
  });
});
