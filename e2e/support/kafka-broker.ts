/**
 * A real Kafka on free loopback ports, one broker that is its own controller, in a folder of its own: for tests of every
 * package, and for scripts. It keeps its data over `kill` and `restart`, and is gone with its folder after `stop`, or
 * when the process that started it ends, however that happens.
 */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fetchKafkaJars } from "../../tools/kafka-jars.mjs";
import { run } from "../../tools/run.mjs";
import type { KafkaTopicRecord } from "./kafka-client.ts";
import { answeringClusterId, createTopic, readTopic } from "./kafka-client.ts";

export type { KafkaTopicRecord } from "./kafka-client.ts";

export interface KafkaBroker {
  /** For clients without credentials. */
  readonly brokers: readonly string[];
  /** For clients that log in with SASL PLAIN as {@link kafkaUser}. */
  readonly saslBrokers: readonly string[];
  readonly clusterId: string;
  /** Of the running broker; changes with `restart`. */
  readonly pid: number;
  /** Ends it and removes its data. May be called twice. */
  stop(): Promise<void>;
  /** Sends a signal: SIGKILL (waits until it is dead), SIGSTOP (waits until it stands still), SIGCONT … */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on its ports with its data, after killing it where it still runs; resolves when it answers. */
  restart(): Promise<void>;
  /** `settings` are the topic's own, `max.message.bytes` say. */
  createTopic(name: string, partitions: number, settings?: Readonly<Record<string, string>>): Promise<void>;
  /** Everything in a topic at the time of the call, by partition and offset. */
  readTopic(name: string): Promise<readonly KafkaTopicRecord[]>;
}

export interface KafkaBrokerOptions {
  /** Settings of the broker beside ours. */
  readonly properties?: Readonly<Record<string, string>> | undefined;
  /** `false` leaves it down: `restart` starts it. @defaultValue true */
  readonly start?: boolean | undefined;
}

export const kafkaUser = { username: "app", password: "app-secret" } as const;

const startTimeoutMs = 60_000;
const stopTimeoutMs = 5_000;
const java = ["-Xmx512m", "-Xms128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

/** Starts a Kafka and resolves when it answers. Needs Java and, the first time, Maven. */
export async function startKafka(options: KafkaBrokerOptions = {}): Promise<KafkaBroker> {
  const jars = join(await fetchKafkaJars(), "*");
  const folder = mkdtempSync(join(tmpdir(), "activity-kafka-"));
  const ports = await freePorts(3);
  const brokers = [`127.0.0.1:${ports[0]}`];
  const saslBrokers = [`127.0.0.1:${ports[1]}`];
  const settings = join(folder, "server.properties");
  const clusterId = randomClusterId();
  mkdirSync(join(folder, "data"));
  writeFileSync(settings, propertiesOf({ ...brokerProperties(folder, ports), ...options.properties }));
  let child: BrokerProcess | undefined;

  async function start(): Promise<void> {
    child = startBroker(jars, settings, folder);
    await untilAnswering(child, brokers, clusterId);
  }

  async function stop(): Promise<void> {
    await child?.kill();
    rmSync(folder, { recursive: true, force: true });
  }

  try {
    await format(jars, settings, clusterId);
    if (options.start !== false) await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    brokers,
    saslBrokers,
    clusterId,
    get pid() {
      return child?.pid ?? 0;
    },
    stop,
    kill: async (signal) => {
      if (signal === "SIGKILL") return child?.kill();
      child?.signal(signal);
      if (signal === "SIGSTOP") await untilStopped(child?.pid ?? 0);
    },
    restart: async () => {
      await child?.kill();
      await start();
    },
    createTopic: (name, partitions, topicSettings = {}) =>
      createTopic(brokers, { name, partitions, settings: topicSettings }),
    readTopic: (name) => readTopic(brokers, name),
  };
}

interface BrokerProcess {
  readonly pid: number;
  /** What it has printed, and whether it has ended. */
  readonly output: () => string;
  readonly ended: () => boolean;
  signal(signal: NodeJS.Signals): void;
  kill(): Promise<void>;
}

function startBroker(jars: string, settings: string, folder: string): BrokerProcess {
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

async function untilAnswering(
  child: BrokerProcess,
  brokers: readonly string[],
  clusterId: string,
): Promise<void> {
  const deadline = performance.now() + startTimeoutMs;
  while (performance.now() < deadline) {
    if (child.ended()) throw new Error(`Kafka ended while starting:\n${child.output()}`);
    const answered = await answeringClusterId(brokers);
    if (answered === clusterId) return;
    if (answered !== undefined) throw new Error(`another Kafka (${answered}) answers at ${brokers[0]}`);
    await sleep(50);
  }
  throw new Error(`Kafka did not answer in ${startTimeoutMs} ms:\n${child.output()}`);
}

async function format(jars: string, settings: string, clusterId: string): Promise<void> {
  const tool = ["kafka.tools.StorageTool", "format", "--standalone", "-t", clusterId, "-c", settings];
  const { code, output } = await run("java", [...java, "-cp", jars, ...tool], { output: "keep" });
  if (code !== 0) throw new Error(`Kafka's storage could not be formatted:\n${output}`);
}

function brokerProperties(folder: string, ports: readonly number[]): Record<string, string> {
  const [plain, sasl, controller] = ports;
  const login = "org.apache.kafka.common.security.plain.PlainLoginModule";
  const { username, password } = kafkaUser;
  return {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.quorum.bootstrap.servers": `127.0.0.1:${controller}`,
    "controller.listener.names": "CONTROLLER",
    listeners: `PLAIN://127.0.0.1:${plain},LOGIN://127.0.0.1:${sasl},CONTROLLER://127.0.0.1:${controller}`,
    "advertised.listeners": `PLAIN://127.0.0.1:${plain},LOGIN://127.0.0.1:${sasl}`,
    "inter.broker.listener.name": "PLAIN",
    "listener.security.protocol.map": "PLAIN:PLAINTEXT,LOGIN:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
    "sasl.enabled.mechanisms": "PLAIN",
    "listener.name.login.plain.sasl.jaas.config": `${login} required user_${username}="${password}";`,
    "log.dirs": join(folder, "data"),
    "auto.create.topics.enable": "false",
    "offsets.topic.num.partitions": "1",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.num.partitions": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    // A broker that was killed may register again at once.
    "broker.session.timeout.ms": "1000",
    "broker.heartbeat.interval.ms": "250",
  };
}

function propertiesOf(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value.replaceAll("\\", "\\\\")}\n`)
    .join("");
}

/** 16 random bytes as base64url. With its top bit set the id could begin with `-`, which the tool takes for an option. */
function randomClusterId(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString("base64url");
}

/** Ports that are free now. All are held at once, so that they differ. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("a server has no port");
    return address.port;
  });
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}
