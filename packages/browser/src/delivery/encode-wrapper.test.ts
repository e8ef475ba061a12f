import { describe, expect, it } from "@jest/globals";
import { encodeWrapper } from "./encode-wrapper.ts";

describe("encodeWrapper", () => {
  it("splices the texts in byte for byte", () => {
    const texts = ['{ "event_id" : "a", "n": 9007199254740993 }', '{"event_id":"b","x":1.50}'];
    const sentAtMs = Date.UTC(2025, 0, 1);
    expect(
      encodeWrapper(
        "b".repeat(21),
        sentAtMs,
        texts.map((text) => ({ text })),
      ),
    ).toBe(
      `{"batch_id":"bbbbbbbbbbbbbbbbbbbbb","sent_at":"2025-01-01T00:00:00.000Z","events":[${texts[0]},${texts[1]}]}`,
    );
  });
});
