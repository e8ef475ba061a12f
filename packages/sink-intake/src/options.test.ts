import { describe, expect, it } from "@jest/globals";
import type { CliClientOptions, IntakeSinkOptions } from "./index.ts";
import { createCliClient, intakeSink } from "./index.ts";

const url = "http://127.0.0.1:1/v1/events";
const env = { DO_NOT_TRACK: "1" };
const fits = { app: "shop", intake: { url, writeKey: "s3cret" }, env };

describe("createCliClient", () => {
  it.each<[string, object | undefined]>([
    ["the argument of createCliClient is undefined; it must be of type object", undefined],
    ["app is undefined; it must be of type string", { app: undefined }],
    ['app is "a/b"; it must be 1–64 letters, digits, dots, underscores or hyphens', { app: "a/b" }],
    ["flusher is 5; it must be of type boolean or string", { flusher: 5 }],
    ['createCliClient has no option "longlived"; did you mean "longLived"?', { longlived: true }],
    ['variable is "a=b"; it must be the name of an environment variable', { variable: "a=b" }],
    ["intake is undefined; it must be of type object", { intake: undefined }],
    [
      'intake of createCliClient has no option "writekey"; did you mean "writeKey"?',
      { intake: { url, writekey: "s3cret" } },
    ],
    ["url is undefined; it must be of type string", { intake: {} }],
    ['beforeRecord is "drop"; it must be of type function', { beforeRecord: "drop" }],
  ])("refuses what cannot be, with telemetry off too: %s", (message, options) => {
    const given = options && { ...fits, ...options };
    const make = (): unknown => createCliClient(given as unknown as CliClientOptions);
    expect(make).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining(message) }),
    );
    expect(make).not.toThrow("s3cret");
  });

  it("takes the object that runTelemetryCommand takes", async () => {
    const client = createCliClient({ ...fits, print: () => undefined, flushMs: 1 } as CliClientOptions);
    await client.close();
  });
});

describe("intakeSink", () => {
  it.each<[string, object]>([
    ['url is "localhost:8080"; it must be an absolute http or https URL', { url: "localhost:8080" }],
    ['url is "…@x?…"; it must be an absolute http or https URL', { url: "ftp://ann:s3cret@x?key=s3cret" }],
    ["url is 5; it must be of type string", { url: 5 }],
    ["url must hold no user name and password; use auth", { url: "http://ann:s3cret@x/" }],
    [
      "writeKey and auth are both set; one of them says who sends",
      { writeKey: "s3cret", auth: { kind: "bearer", token: "s3cret" } },
    ],
    [
      'auth.kind is "foo"; it must be "bearer", "basic" or "custom"',
      { auth: { kind: "foo", token: "s3cret" } },
    ],
    ["auth.kind is undefined; it must be", { auth: {} }],
    ["auth.token is no text; auth of kind bearer needs it", { auth: { kind: "bearer" } }],
    [
      "auth.password is no text; auth of kind basic needs it",
      { auth: { kind: "basic", username: "s3cret" } },
    ],
    ["auth.headers is no function; auth of kind custom needs it", { auth: { kind: "custom", name: "x" } }],
    ["auth is of type string; it must be of type object", { auth: "s3cret" }],
    ["writeKey is of type number; it must be of type string", { writeKey: 53 }],
    ['intakeSink has no option "key"; it has url, writeKey, auth,', { key: "s3cret" }],
    ['intakeSink has no option "maxInflight"; did you mean "maxInFlight"?', { maxInflight: 2 }],
  ])("refuses what cannot be, and shows no secret: %s", (message, options) => {
    const make = (): unknown =>
      intakeSink({ url, mode: "memory", ...options } as unknown as IntakeSinkOptions);
    expect(make).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining(message) }),
    );
    expect(make).not.toThrow("s3cret");
  });
});
