/** One process of a Kafka, in a folder of its own: made ready, started, killed, and gone with whoever started it. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fetchKafkaJars } from "../../tools/kafka-jars.mjs";
import { run } from "../../tools/run.mjs";
import { freePorts } from "./free-ports.ts";
import { answeringClusterId } from "./kafka-client.ts";

export interface KafkaNode {
  /** Of the running process; changes with every start. */
  readonly pid: number;
  /** Starts it, and resolves when it answers. */
  start(): Promise<void>;
  /** Sends a signal: SIGKILL, SIGTERM (wait until it has ended), SIGSTOP (waits until it stands still), SIGCONT … */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Kills it and removes its data. May be called twice. */
  remove(): Promise<void>;
}

export interface KafkaNodeOptions {
  readonly clusterId: string;
  /** Where clients without credentials find it. */
  readonly address: string;
  /** Everything but the folder of its data. */
  readonly properties: Readonly<Record<string, string>>;
  /** Arguments of Kafka's formatting tool beside ours. */
  readonly format: readonly string[];
}

const startTimeoutMs = 120_000;
const stopTimeoutMs = 30_000;
const java = ["-Xmx512m", "-Xms128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

/** Formats the storage of a node. It is not running yet. Needs Java and, the first time, Maven. */
export async function createKafkaNode(options: KafkaNodeOptions): Promise<KafkaNode> {
  const { clusterId, address, properties, format } = options;
  const folder = mkdtempSync(join(tmpdir(), "activity-kafka-"));
  const settings = join(folder, "server.properties");
  let child: NodeProcess | undefined;

  async function remove(): Promise<void> {
    await child?.kill();
    rmSync(folder, { recursive: true, force: true });
  }

  try {
    mkdirSync(join(folder, "data"));
    writeFileSync(settings, propertiesOf({ "log.dirs": join(folder, "data"), ...properties }));
    await runKafkaTool("kafka.tools.StorageTool", ["format", "-t", clusterId, "-c", settings, ...format]);
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    get pid() {
      return child?.pid ?? 0;
    },
    start: async () => {
      await child?.kill();
      child = startProcess(await classPath(), settings, folder);
      await untilAnswering(child, address, clusterId);
    },
    kill: async (signal) => {
      if (signal === "SIGKILL") return child?.kill();
      child?.signal(signal);
      if (signal === "SIGTERM") await child?.exited;
      if (signal === "SIGSTOP") await untilStopped(child?.pid ?? 0);
    },
    remove,
  };
}

/** Runs one of Kafka's own tools to its end. */
export async function runKafkaTool(name: string, args: readonly string[]): Promise<void> {
  const { code, output } = await run("java", [...java, "-cp", await classPath(), name, ...args], {
    output: "keep",
  });
  if (code !== 0) throw new Error(`${name} failed:\n${output}`);
}

/** 16 random bytes as base64url. With its top bit set the id could begin with `-`, which the tool takes for an option. */
export function randomClusterId(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString("base64url");
}

/** Addresses whose ports are free. */
export async function freeAddresses(count: number): Promise<readonly string[]> {
  return (await freePorts(count)).map((port) => `127.0.0.1:${port}`);
}

async function classPath(): Promise<string> {
  return join(await fetchKafkaJars(), "*");
}

interface NodeProcess {
  readonly pid: number;
  /** What it has printed, and whether it has ended. */
  readonly output: () => string;
  readonly ended: () => boolean;
  signal(signal: NodeJS.Signals): void;
  readonly exited: Promise<unknown>;
  kill(): Promise<void>;
}

function startProcess(jars: string, settings: string, folder: string): NodeProcess {
  const child = spawn("java", [...java, "-cp", jars, "kafka.Kafka", settings], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output = (output + chunk).slice(-8_192);
    });
  const exited = once(child, "exit").catch((error: unknown) => {
    output += String(error);
  });
  const pid = child.pid ?? 0;
  const guard = startGuard(pid, folder);
  const ended = (): boolean =>
    child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  return {
    pid,
    output: () => output,
    ended,
    signal: (signal) => child.kill(signal),
    exited,
    kill: async () => {
      if (!ended()) child.kill("SIGKILL");
      await exited;
      guard.kill("SIGKILL");
    },
  };
}

/**
 * Waits for the end of our process, which closes its input, and then ends the broker: neither an exit handler (jest has
 * its own `process`) nor a signal handler could do that after SIGKILL. It looks at the command before it kills.
 */
function startGuard(pid: number, folder: string): ChildProcess {
  const script = `cat >/dev/null; ps -o args= -p "$1" | grep -qF "$2" && kill -KILL "$1"; rm -rf "$2"`;
  const guard = spawn("sh", ["-c", script, "sh", String(pid), folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true, // Ctrl-C reaches the whole group, and must not end the guard before its work.
  });
  guard.unref();
  return guard;
}

/** All threads of a large process take a moment to stop. */
async function untilStopped(pid: number): Promise<void> {
  const deadline = performance.now() + stopTimeoutMs;
  for (;;) {
    const { output } = await run("ps", ["-o", "stat=", "-p", String(pid)], { output: "keep" });
    if (output.startsWith("T")) return;
    if (performance.now() > deadline) throw new Error(`process ${pid} does not stop: ${output.trim()}`);
    await sleep(10);
  }
}

async function untilAnswering(child: NodeProcess, address: string, clusterId: string): Promise<void> {
  const deadline = performance.now() + startTimeoutMs;
  while (performance.now() < deadline) {
    if (child.ended()) throw new Error(`Kafka ended while starting:\n${child.output()}`);
    const answered = await answeringClusterId({ brokers: [address] });
    if (answered === clusterId) return;
    if (answered !== undefined) throw new Error(`another Kafka (${answered}) answers at ${address}`);
    await sleep(50);
  }
  throw new Error(`Kafka did not answer in ${startTimeoutMs} ms:\n${child.output()}`);
}

function propertiesOf(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value.replaceAll("\\", "\\\\")}\n`)
    .join("");
}
