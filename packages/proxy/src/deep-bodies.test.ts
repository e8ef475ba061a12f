import { afterEach, describe, expect, it, jest } from "@jest/globals";
import { eventText } from "../test/proxy-server.ts";
import { checkEvents } from "./check-events.ts";
import type { BodyForm } from "./media-type.ts";
import { proxyLimits } from "./proxy-options.ts";
import { sliceBody } from "./slice-body.ts";

const limits = { ...proxyLimits, maxBodyBytes: 16_000_000 };

afterEach(() => {
  jest.restoreAllMocks();
});

/** How many characters were built into values on the way to the answers, and what these are. */
function work(
  body: string,
  form: BodyForm,
): { readonly parsed: number; readonly good: number; readonly codes: string[] } {
  let parsed = 0;
  const parse = JSON.parse;
  jest.spyOn(JSON, "parse").mockImplementation((text: string) => {
    parsed += text.length;
    return parse(text);
  });
  const { slices } = sliceBody(new TextEncoder().encode(body), form, { limits });
  const { good, problems } = checkEvents(slices, { limits, nowMs: 0, stamper: undefined });
  jest.restoreAllMocks();
  return { parsed, good: good.length, codes: problems.map(({ code }) => code) };
}

const deep = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const withDeep = (depth: number): string =>
  eventText("deep", { x: 0 }).replace('"x":0', `"x":${deep(depth)}`);

describe.each(["ndjson", "json", "text"] as const)("a body in the form %s", (form) => {
  const join = (events: readonly string[]): string =>
    form === "ndjson" ? events.join("\n") : `[${events.join(",")}]`;

  it.each([1_000, 100_000, 1_000_000])(
    "builds nothing of a nest of %i brackets, and harms no event beside it",
    (depth) => {
      const body = join([eventText(1), withDeep(depth), eventText(2), deep(depth), eventText(3)]);
      const { parsed, good, codes } = work(body, form);
      expect({ good, codes }).toEqual({ good: 3, codes: ["too_deep", "too_deep"] });
      // The name of each member and the id, for the answer.
      expect(parsed).toBeLessThan(1_000);
    },
  );

  it("builds nothing of a nest that is all there is", () => {
    for (const body of [deep(100_000), withDeep(100_000)]) {
      const { parsed, good, codes } = work(body, form);
      // A list is a list of events, and this one's only event is a list.
      expect({ good, codes }).toEqual({ good: 0, codes: ["too_deep"] });
      expect(parsed).toBeLessThan(1_000);
    }
  });
});
