import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ciVariables } from "../../packages/sink-intake/src/known-ci.ts";
import type { Component } from "./component.ts";
import { startComponent } from "./component.ts";
import { freePort } from "./free-ports.ts";

/** Where the local world keeps its files. */
export interface LocalFolders {
  /** What a person's home is to the programs on their machine. */
  readonly home: string;
  /** Of the intake. */
  readonly intake: string;
}

/** One person's machine, and the intake that its programs send to. */
export interface LocalWorld {
  readonly intakeUrl: string;
  readonly writeKey: string;
  /** What all local programs are given. */
  readonly environment: Readonly<Record<string, string>>;
  /** Starts the intake, each time at the same address and over the same files. */
  startIntake(): Promise<Component>;
  /** Runs one command of the CLI. */
  command(...args: readonly string[]): Component;
  startRuntime(): Component;
}

/** A key of the kind that is meant to be seen: it may write and nothing else. */
const writeKey = "local-write-key";

/** Whoever runs this, and wherever: the person in this world shares usage data, from a machine of their own. */
const sharing = {
  ...Object.fromEntries(ciVariables().map((variable) => [variable, ""])),
  DO_NOT_TRACK: "0",
  ACTIVITY_TELEMETRY: "on",
};

/** Makes the folders and finds a free port; nothing runs yet. `environment` is given to all local programs. */
export async function createLocalWorld(
  { home, intake }: LocalFolders,
  environment: Readonly<Record<string, string>> = {},
): Promise<LocalWorld> {
  for (const folder of [home, intake]) mkdirSync(folder, { recursive: true });
  const port = String(await freePort());
  const intakeUrl = `http://127.0.0.1:${port}/v1/events`;
  const local = {
    HOME: home,
    XDG_STATE_HOME: join(home, "state"),
    XDG_CONFIG_HOME: join(home, "config"),
    ACME_INTAKE_URL: intakeUrl,
    ACME_WRITE_KEY: writeKey,
    ...sharing,
    ...environment,
  };
  return {
    intakeUrl,
    writeKey,
    environment: local,
    startIntake: async () => {
      const component = startComponent({
        name: "intake",
        file: new URL("../../packages/intake/bin/activity-intake.mjs", import.meta.url),
        args: ["serve"],
        environment: { PORT: port, ACTIVITY_DATA_DIR: intake, ACTIVITY_WRITE_KEYS: writeKey },
      });
      await component.line(/127\.0\.0\.1:\d+/);
      return component;
    },
    command: (...args) =>
      startComponent({
        name: `cli ${args.join(" ")}`,
        file: appProgram("local-cli"),
        args,
        environment: local,
      }),
    startRuntime: () =>
      startComponent({ name: "local-runtime", file: appProgram("local-runtime"), environment: local }),
  };
}

/** The program of an application in `apps`. */
export function appProgram(name: string): URL {
  return new URL(`../../apps/${name}/src/main.ts`, import.meta.url);
}
