import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Component } from "../../../e2e/support/component.ts";
import { startComponent } from "../../../e2e/support/component.ts";

/** Where everything of a run lies. */
export interface Folders {
  /** Of the embedded file sink of the cloud services, where there is no Kafka. */
  readonly cloud: string;
  /** Of the intake. */
  readonly intake: string;
  /** What a person's home is to the CLI. */
  readonly home: string;
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

/** A key of the kind that is meant to be seen: it may write and nothing else. */
const writeKey = "demo-write-key";
const fast = { WORK_INTERVAL_MS: "100" };

/** Starts every component on free ports of the loopback interface. */
export async function startCast(folders: Folders, cloud: Readonly<Record<string, string>>): Promise<Cast> {
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
  const port = String(await freePort());
  const intakeUrl = `http://127.0.0.1:${port}/v1/events`;
  const local = {
    ...fast,
    HOME: folders.home,
    XDG_STATE_HOME: join(folders.home, "state"),
    XDG_CONFIG_HOME: join(folders.home, "config"),
    ACME_INTAKE_URL: intakeUrl,
    ACME_WRITE_KEY: writeKey,
  };
  const startIntake = async (): Promise<Component> => {
    const intake = startComponent({
      name: "intake",
      file: new URL("../../../packages/intake/bin/activity-intake.mjs", import.meta.url),
      args: ["serve"],
      environment: { PORT: port, ACTIVITY_DATA_DIR: folders.intake, ACTIVITY_WRITE_KEYS: writeKey },
    });
    await intake.line(/127\.0\.0\.1:\d+/);
    return intake;
  };
  const app = (name: string): URL => new URL(`../../${name}/src/main.ts`, import.meta.url);
  const command = (...args: readonly string[]): Component =>
    startComponent({ name: `cli ${args.join(" ")}`, file: app("local-cli"), args, environment: local });

  const intake = await startIntake();
  const adminServer = startComponent({
    name: "admin-server",
    file: app("cloud-admin-server"),
    environment: { ...cloud, PORT: "0" },
  });
  const runtime = startComponent({
    name: "runtime",
    file: app("cloud-runtime"),
    environment: { ...cloud, ...fast },
  });
  const localServer = command("start", "--port", "0");
  const localRuntime = startComponent({
    name: "local-runtime",
    file: app("local-runtime"),
    environment: local,
  });
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

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
