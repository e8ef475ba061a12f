import { mkdirSync } from "node:fs";
import type { Component } from "../../../e2e/support/component.ts";
import { startComponent } from "../../../e2e/support/component.ts";
import type { LocalFolders } from "../../../e2e/support/local-world.ts";
import { appProgram, createLocalWorld } from "../../../e2e/support/local-world.ts";

/** Where everything of a run lies. */
export interface Folders extends LocalFolders {
  /** Of the embedded file sink of the cloud services, where there is no Kafka. */
  readonly cloud: string;
}

/** Everybody on the stage. */
export interface Cast {
  readonly adminServer: Component;
  readonly runtime: Component;
  readonly localServer: Component;
  readonly localRuntime: Component;
  readonly control: Component;
  readonly adminAddress: string;
  readonly localAddress: string;
  /** Starts the intake again where it was. */
  intake: Component;
  startIntake(): Promise<Component>;
  /** Runs one command of the CLI. */
  command(...args: readonly string[]): Component;
}

const fast = { WORK_INTERVAL_MS: "100" };

/** Starts every component on free ports of the loopback interface. */
export async function startCast(folders: Folders, cloud: Readonly<Record<string, string>>): Promise<Cast> {
  mkdirSync(folders.cloud, { recursive: true });
  const { intakeUrl, writeKey, startIntake, command, startRuntime } = await createLocalWorld(folders, fast);
  const intake = await startIntake();
  const adminServer = startComponent({
    name: "admin-server",
    file: appProgram("cloud-admin-server"),
    environment: { ...cloud, PORT: "0" },
  });
  const runtime = startComponent({
    name: "runtime",
    file: appProgram("cloud-runtime"),
    environment: { ...cloud, ...fast },
  });
  const localServer = command("start", "--port", "0");
  const localRuntime = startRuntime();
  const control = startComponent({
    name: "control",
    file: new URL("./control.ts", import.meta.url),
    environment: { ...fast, INTAKE_URL: intakeUrl, WRITE_KEY: writeKey },
  });
  const [, adminAddress = ""] = await adminServer.line(/listens on (\S+)/);
  const [, localAddress = ""] = await localServer.line(/listens on (\S+)/);
  return {
    adminServer,
    runtime,
    localServer,
    localRuntime,
    control,
    adminAddress,
    localAddress,
    intake,
    startIntake,
    command,
  };
}
