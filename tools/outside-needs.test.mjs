import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { namesOfOutsideNeeds } from "./outside-needs.mjs";
import { repositoryRoot } from "./run.mjs";

const needsOf = (...paths) => namesOfOutsideNeeds(paths.map((path) => join(repositoryRoot, path)));

describe("what tests need that npm does not bring", () => {
  it.each([
    ["tools/stages.test.mjs", []],
    ["tools/chromium.test.mjs", []],
    ["e2e/kafka/kafka-sink.test.ts", ["Kafka"]],
    ["e2e/support/chromium.test.ts", ["Chromium"]],
    ["apps/local-ui/local-ui.test.ts", ["Chromium"]],
    ["packages/browser/src/page-delivery.test.ts", ["Chromium"]],
    ["e2e/paths/3-cloud-admin-ui-to-kafka.test.ts", ["Kafka", "Chromium"]],
    ["bench/failover.soak.ts", ["Kafka"]],
  ])("%s: %j", (path, expected) => {
    expect(needsOf(path)).toEqual(expected);
  });
});

describe("a missing prerequisite", () => {
  let folder;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "activity-bare-"));
    for (const name of ["sh", "env", "git"]) {
      const place = (process.env.PATH ?? "")
        .split(delimiter)
        .map((entry) => join(entry, name))
        .find((file) => spawnSync("test", ["-x", file]).status === 0);
      if (place !== undefined) symlinkSync(place, join(folder, name));
    }
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** The task as it is started by the door, on a machine with nothing but Node. */
  const start = (task, ...args) => {
    const script = `
      import { main } from "./tools/${task}-task.mjs";
      import { MissingPrerequisite } from "./tools/run.mjs";
      try {
        await main(${JSON.stringify(args)}, { task: ${JSON.stringify(task)} });
        console.log("it ran");
      } catch (error) {
        if (!(error instanceof MissingPrerequisite)) throw error;
        console.log(error.message);
      }`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      cwd: repositoryRoot,
      encoding: "utf8",
      env: {
        ...process.env,
        PATH: [dirname(process.execPath), folder].join(delimiter),
        CHROMIUM: join(folder, "none"),
      },
    });
    return { said: stdout.trim(), complained: stderr.trim() };
  };

  it.each([
    ["test", "e2e/kafka/kafka-sink", "Kafka needs Java 17 or newer: "],
    ["test", "e2e/support/chromium", "CHROMIUM names "],
    ["bench", "kafka", "Kafka needs Java 17 or newer: "],
  ])("of `%s %s` is one sentence, said before anything runs", (task, name, sentence) => {
    const { said, complained } = start(task, name);
    expect(said.startsWith(sentence)).toBe(true);
    expect(said.split("\n")).toHaveLength(1);
    expect(complained).toBe("");
  });
});
