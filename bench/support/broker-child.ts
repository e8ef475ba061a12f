/** The service of `broker-service.ts` as a process, seen by its parent. */
import { fork } from "node:child_process";
import { once } from "node:events";
import type { KafkaBroker } from "../../e2e/support/kafka-broker.ts";
import type { ServiceState } from "./broker-service.ts";

export interface Service {
  /** What it said last. */
  state(): ServiceState;
  peakMb(): number;
  lines(): number;
  saidSomething(): Promise<void>;
  /** Resolves when it says that it has recorded so many events. */
  recorded(count: number): Promise<void>;
  /** Ends it as the system would. */
  kill(): Promise<void>;
  /** Ends the load, lets it close, and resolves with its last state. */
  stop(): Promise<ServiceState>;
}

/** Starts one over a broker. `environment` holds its settings: `TOPIC`, `EVENTS_A_SECOND`, `EVENTS`, `SPOOL`. */
export function startService(broker: KafkaBroker, environment: Readonly<Record<string, string>>): Service {
  const child = fork(new URL("broker-service.ts", import.meta.url), {
    env: { ...process.env, BROKERS: broker.brokers.join(","), ...environment },
    execArgv: [],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const exited = once(child, "exit");
  let state: ServiceState | undefined;
  let peakMb = 0;
  let lines = 0;
  child.on("message", (message) => {
    state = message as ServiceState; // It sends nothing else.
    peakMb = Math.max(peakMb, state.rssMb);
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      lines += text.split("\n").length - 1;
    });
  const last = (): ServiceState => {
    if (state === undefined) throw new Error("the service has said nothing");
    return state;
  };
  return {
    state: last,
    peakMb: () => peakMb,
    lines: () => lines,
    saidSomething: async () => {
      await once(child, "message");
    },
    recorded: async (count) => {
      while ((state?.ledger.recorded ?? 0) < count) await once(child, "message");
    },
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
    stop: async () => {
      child.send("stop");
      await exited;
      if (!last().closed) throw new Error(`the service ended with ${child.exitCode} before it had closed`);
      return last();
    },
  };
}
