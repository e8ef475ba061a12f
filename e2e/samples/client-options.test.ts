import { readFileSync } from "node:fs";
import { expect, it } from "@jest/globals";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

it("docs/client-options.md has a row for each option, and no other", () => {
  const source = read("packages/core/src/client/client.ts");
  const [, members = ""] = /interface ClientOptions[^{]*\{([\s\S]*?)\n\}/.exec(source) ?? [];
  const options = [...members.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name]) => name);
  const rows = [...read("docs/client-options.md").matchAll(/^\| (`.*?) \|/gm)].map(([, cell = ""]) => cell);
  const named = rows.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(named.toSorted()).toEqual(options.toSorted());
});
