/**
 * What tests and benches need that npm does not bring, brought before they start. Which of it they need is read from
 * their imports: whoever reaches the file in `e2e/support` that starts a Kafka needs Kafka.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { findChromium } from "./chromium.mjs";
import { fetchKafkaJars } from "./kafka-jars.mjs";
import { repositoryRoot } from "./run.mjs";
import { checkSmallDisk } from "./small-disk.mjs";

const needs = [
  { name: "Kafka", file: "e2e/support/kafka-node.ts", bring: fetchKafkaJars },
  { name: "Chromium", file: "e2e/support/chromium.ts", bring: findChromium },
  { name: "a small disk", file: "e2e/intake/support/small-disk.ts", bring: checkSmallDisk },
];

/** Every string that names a file of ours from where it stands: imports, and programs that are started by their path. */
const relativePath = /["'](\.{1,2}\/[^"'\n]+\.(?:ts|tsx|mjs))["']/g;

/** Brings what these files need, and throws `MissingPrerequisite` when it cannot. Paths are absolute. */
export async function bringOutsideNeeds(files) {
  for (const { bring } of outsideNeedsOf(files)) await bring();
}

/** The names of what these files need, as in `["Kafka", "Chromium"]`. */
export function namesOfOutsideNeeds(files) {
  return outsideNeedsOf(files).map(({ name }) => name);
}

function outsideNeedsOf(files) {
  const reached = filesReachedFrom(files);
  return needs.filter(({ file }) => reached.has(join(repositoryRoot, file)));
}

function filesReachedFrom(files) {
  const reached = new Set(files);
  for (const file of reached) {
    for (const [, path] of readFileSync(file, "utf8").matchAll(relativePath)) {
      const target = resolve(dirname(file), path);
      if (existsSync(target) && statSync(target).isFile()) reached.add(target);
    }
  }
  return reached;
}
