import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "@jest/globals";
import { startTestIntake } from "../test/test-intake.ts";

it("the sample of the README does what it says", async () => {
  const home = mkdtempSync(join(tmpdir(), "activity-readme-"));
  const intake = await startTestIntake();
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const [, sample = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const script = sample.replace("https://events.example.com/v1/events", intake.url);
  const child = spawn(
    process.execPath,
    ["--conditions=@activity/source", "--input-type=module-typescript", "-e", script],
    {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      env: { HOME: home, ACTIVITY_TELEMETRY: "on", ACTIVITY_FLUSH: "wait" },
      stdio: ["ignore", "inherit", "pipe"],
    },
  );
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (errors += text));
  await once(child, "close");
  await intake.close();
  rmSync(home, { recursive: true });
  expect(errors).toBe("");
  expect(intake.arrived.map((text) => (JSON.parse(text) as { event_name: string }).event_name)).toEqual([
    "deploy_start",
    "source_closed",
  ]);
});
