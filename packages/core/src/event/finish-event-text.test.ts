import { expect, it } from "@jest/globals";
import { finishEventText } from "./finish-event-text.ts";
import { utf8Bytes } from "./utf8.ts";

const limits = { spared: ["event_id", "client_id"], maxBytes: 8_192 };
const none = { problems: [], omitted: 0 };

it("marks what was left out, and spares what it is told to", () => {
  const text = finishEventText(
    `{"event_id":"a.1","n":1,"client_id":"c"}`,
    { problems: ["x"], omitted: 2 },
    limits,
  );
  expect(text).toBe(
    `{"event_id":"a.1","client_id":"c","n":1,"encoding_problems":["x"],"attributes_omitted":2}`,
  );
});

it("shortens the largest attributes until the event fits", () => {
  const long = JSON.stringify({
    event_id: "a.1",
    client_id: "c".repeat(500),
    text: "漢".repeat(9_000),
    n: 1,
  });
  const text = finishEventText(long, none, limits);
  expect(utf8Bytes(text)).toBeLessThanOrEqual(limits.maxBytes);
  expect(JSON.parse(text)).toMatchObject({
    client_id: "c".repeat(500),
    n: 1,
    text: expect.stringMatching(/^漢+…$/),
    truncated: true,
    truncated_attributes: ["text"],
  });
});

it("keeps the names of what was left out where the rest pays", () => {
  const many = Object.fromEntries(
    Array.from({ length: 240 }, (_, index) => [`k${index}`, "x".repeat(1_000)]),
  );
  const text = finishEventText(
    JSON.stringify({ event_id: "a.1", ...many }),
    { problems: ["secret", "token"], omitted: 0 },
    { ...limits, maxBytes: 32_768 },
  );
  expect(utf8Bytes(text)).toBeLessThanOrEqual(32_768);
  expect(JSON.parse(text)).toMatchObject({ truncated: true, encoding_problems: ["secret", "token"] });
});

it("fits also where these names are the largest part", () => {
  const problems = Array.from({ length: 40 }, (_, index) => `${"\u0001".repeat(62)}${index}`);
  const text = finishEventText(
    JSON.stringify({ event_id: "a.1", k: "x".repeat(9_000) }),
    { problems, omitted: 1 },
    limits,
  );
  expect(utf8Bytes(text)).toBeLessThanOrEqual(limits.maxBytes);
  expect(JSON.parse(text)).toMatchObject({ event_id: "a.1", truncated: true });
});
