import { afterEach, describe, expect, it, jest } from "@jest/globals";
import fc from "fast-check";

const texts = fc
  .string({ unit: "binary", maxLength: 200 })
  .map((text) => text.replace(/\p{Surrogate}/gu, "\ufffd"));

describe.each([
  ["with the platform's encoders", []],
  ["without them, as in Jest's jsdom", ["TextEncoder", "TextDecoder"]],
])("UTF-8 %s", (_, missing) => {
  const found = new Map(missing.map((name) => [name, Reflect.get(globalThis, name) as unknown]));
  afterEach(() => {
    for (const [name, value] of found) Reflect.set(globalThis, name, value);
  });
  const load = async (): Promise<typeof import("./utf8.ts")> => {
    jest.resetModules();
    for (const name of missing) Reflect.set(globalThis, name, undefined);
    return import("./utf8.ts");
  };

  it("reads what it wrote, and counts its bytes", async () => {
    const { utf8Bytes, encodeUtf8, decodeUtf8, toUtf8 } = await load();
    fc.assert(
      fc.property(texts, (text) => {
        const expected = Buffer.from(text);
        const bytes = new Uint8Array(expected.length);
        expect(utf8Bytes(text)).toBe(expected.length);
        expect(encodeUtf8(text, bytes)).toEqual({ read: text.length, written: expected.length });
        expect(Buffer.from(bytes).equals(expected)).toBe(true);
        expect(decodeUtf8(bytes)).toBe(text);
        expect(toUtf8(text)).toEqual(bytes);
      }),
      { seed: 11 },
    );
  });

  it("says that it read less where there is no room", async () => {
    const { encodeUtf8 } = await load();
    expect(encodeUtf8("größe", new Uint8Array(6)).read).toBeLessThan(5);
  });
});
