import { describe, expect, it } from "@jest/globals";
import { repositoryAddress, withLinks } from "./published-form.mjs";
import { MissingPrerequisite } from "./run.mjs";

describe("the address of the repository", () => {
  it("is what GitHub Actions says", () => {
    const env = { GITHUB_SERVER_URL: "https://git.example.com", GITHUB_REPOSITORY: "owner/name" };
    expect(repositoryAddress(env)).toBe("https://git.example.com/owner/name");
    expect(repositoryAddress({ GITHUB_REPOSITORY: "owner/name" })).toBe("https://github.com/owner/name");
  });

  it.each([{}, { GITHUB_REPOSITORY: "" }, { GITHUB_REPOSITORY: "name" }, { GITHUB_REPOSITORY: "a/b/c" }])(
    "is not made up from %j",
    (env) => {
      expect(() => repositoryAddress(env)).toThrow(MissingPrerequisite);
    },
  );
});

it("replaces relative links, and neither addresses, parts of the page nor code", () => {
  const text =
    "[`a`](../../a.md#b) `[c](d)` [e](https://e.example/) [f](#f) [g](g.md)\n```ts\nh[0](i)\n```\n[j](j)";
  expect(withLinks(text, (target) => `<${target}>`)).toBe(
    "[`a`](<../../a.md#b>) `[c](d)` [e](https://e.example/) [f](#f) [g](<g.md>)\n```ts\nh[0](i)\n```\n[j](<j>)",
  );
});
