/** Committed files speak of the project alone: no path of somebody's machine, no registry or mirror host. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { reportProblems, repositoryFiles } from "./repository-files.mjs";
import { repositoryRoot } from "./run.mjs";

const patterns = [
  {
    what: "a path of one machine",
    pattern: /(?<![\w.~@/-])\/(?:home|Users|root|work|tmp|opt|mnt)\/[\w.-]+/g,
  },
  { what: "a path of one machine", pattern: /\b[A-Z]:\\\\?Users\\/g },
  {
    what: "a registry host",
    pattern:
      /\b(?:registry\.(?:npmjs|yarnpkg|npmmirror)\.(?:org|com)|repo\d*\.maven(?:\.apache)?\.org|deb\.debian\.org)\b/g,
  },
  {
    what: "an address of a private network",
    pattern: /\bhttps?:\/\/(?:10|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.\d+\.\d+/g,
  },
];

/** Where such words are the subject itself. */
const exempt = /^tools\/(?:check-committed-text|checks\.test)\.mjs$/;

export function problemsInText(text) {
  return text
    .split("\n")
    .flatMap((line, index) =>
      patterns.flatMap(({ what, pattern }) =>
        (line.match(pattern) ?? []).map((match) => ({ line: index + 1, what, match })),
      ),
    );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = repositoryFiles()
    .filter((name) => !exempt.test(name))
    .flatMap((name) => {
      const bytes = readFileSync(join(repositoryRoot, name));
      if (bytes.includes(0)) return [];
      return problemsInText(bytes.toString("utf8")).map(
        ({ line, what, match }) => `${name}:${line} names ${what}: ${match}`,
      );
    });
  reportProblems("committed text", problems);
}
