import { describe, expect, it } from "@jest/globals";
import { encodeLine, encodeLines } from "./encode-line.ts";

const written = ({ bytes, length }: { bytes: Buffer; length: number }): string =>
  bytes.toString("utf8", 0, length);

describe("encoding lines", () => {
  it.each([0, 1, 3, 1_000])("gives %i texts with a line feed behind each", (count) => {
    const texts = Array.from({ length: count }, (_, n) => `${n} größe 😀 中 ${"x".repeat(n)}`);
    expect(written(encodeLines(texts.map((text) => ({ text }))))).toBe(
      texts.map((text) => `${text}\n`).join(""),
    );
  });

  it("takes texts that outgrow its buffer, and shorter ones after them", () => {
    for (const size of [70_000, 3_000_000, 5]) {
      const text = "é".repeat(size);
      expect(written(encodeLines([{ text: "before" }, { text }]))).toBe(`before\n${text}\n`);
      expect(written(encodeLine(text))).toBe(`${text}\n`);
    }
  });
});
