/** Every relative link in a Markdown file leads to a file of the repository, and its #part to a heading there. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { reportProblems, repositoryFiles } from "./repository-files.mjs";
import { repositoryRoot } from "./run.mjs";

export function linksIn(markdown) {
  const text = markdown.replace(/```[\s\S]*?```/g, "").replace(/`[^`\n]*`/g, "");
  const inline = [...text.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)].map((match) => match[1]);
  const references = [...text.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)].map((match) => match[1]);
  return [...inline, ...references].filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target));
}

export function anchorsIn(markdown) {
  const headings = [...markdown.replace(/```[\s\S]*?```/g, "").matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)];
  const seen = new Map();
  return headings.map(([, heading]) => {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[`*]/g, "");
    const slug = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/\s/g, "-");
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

function problemsOf(name) {
  const text = readFileSync(join(repositoryRoot, name), "utf8");
  return linksIn(text).flatMap((target) => {
    const [path, anchor] = decodeURIComponent(target).split("#");
    const file =
      path === ""
        ? join(repositoryRoot, name)
        : join(repositoryRoot, path.startsWith("/") ? path : join(dirname(name), path));
    if (!existsSync(file)) return [`${name}: ${target} leads nowhere`];
    if (anchor === undefined || anchor === "" || statSync(file).isDirectory() || !file.endsWith(".md"))
      return [];
    return anchorsIn(readFileSync(file, "utf8")).includes(anchor)
      ? []
      : [`${name}: ${target} names no heading there`];
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  reportProblems("links in documents", repositoryFiles(/\.md$/).flatMap(problemsOf));
}
