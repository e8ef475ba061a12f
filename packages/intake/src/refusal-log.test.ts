import { expect, it } from "@jest/globals";
import { RefusalLog } from "./refusal-log.ts";

it("says the first refusal of a kind at once, and sums of the others once a minute", () => {
  let now = 0;
  const lines: string[] = [];
  const log = new RefusalLog({ monotonic: () => now }, (line) =>
    lines.push(line.replace("activity-intake: ", "")),
  );
  const refuse = (detail: string): void => log.add({ status: 401, code: "not_signed_in", detail });
  refuse("no header");
  refuse("no header");
  refuse("not known");
  log.add({ status: 415, code: "unknown_media_type", detail: "the body is text/html" });
  expect(lines).toEqual([
    "refused: 1 request(s) answered with 401 not_signed_in: no header",
    "refused: 1 request(s) answered with 415 unknown_media_type: the body is text/html",
  ]);
  now = 60_000;
  refuse("not known");
  expect(lines.slice(2)).toEqual(["refused: 3 request(s) answered with 401 not_signed_in: not known"]);
  refuse("no header");
  log.close();
  expect(lines.slice(3)).toEqual(["refused: 1 request(s) answered with 401 not_signed_in: no header"]);
  log.close();
  log.add({ status: 503, code: "refused_by_sink", detail: "the proxy says it" });
  log.add({ status: 202, code: undefined, detail: undefined });
  expect(lines).toHaveLength(4);
});
