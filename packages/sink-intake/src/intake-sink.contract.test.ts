import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@activity/core";
import { describeSinkContract } from "@activity/core/testing";
import { describe, expect, it } from "@jest/globals";
import { startTestIntake } from "../test/test-intake.ts";
import { intakeSink } from "./index.ts";

describe.each([true, false])("with a spool: %s", (spooled) => {
  describeSinkContract({
    name: "the intake sink",
    kit: { describe, expect, it },
    create: async () => {
      const intake = await startTestIntake();
      const directory = mkdtempSync(join(tmpdir(), "activity-sink-"));
      const sink = intakeSink({
        url: intake.url,
        ...(spooled ? { directory } : { mode: "memory" as const }),
        lingerMs: 10,
        onProblem: () => undefined,
      });
      return {
        sink,
        arrived: () => intake.arrived,
        pass: (ms) => systemClock.sleep(Math.max(1, ms / 2)),
        stall: () => {
          intake.always = () => "stall";
        },
        heal: () => intake.heal(),
        dispose: async () => {
          await intake.close();
          rmSync(directory, { recursive: true, force: true });
        },
      };
    },
  });
});
