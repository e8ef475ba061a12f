import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** What a component says of itself four times a second, if it is asked to. */
export interface ComponentStats {
  readonly recorded: number;
  readonly repeats: number;
}

/** A process of the demo or of a test. */
export interface Component {
  readonly name: string;
  /** Resolves with the first line that it prints which matches. Rejects when it ends before. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  readonly stats: ComponentStats;
  /** Resolves when it has recorded so many events, by what it says of itself. Rejects when it ends before. */
  recorded(count: number): Promise<void>;
  /** Ends it as the system would: nothing of it runs any more. */
  kill(): Promise<void>;
  /** Asks it to end; after a minute it is killed. Resolves with its exit code. */
  stop(): Promise<number | null>;
  /** Resolves when it has ended. */
  readonly ended: Promise<number | null>;
}

/** How a component is started. */
export interface ComponentOptions {
  readonly name: string;
  readonly file: URL;
  readonly args?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const running = new Set<ChildProcess>();
// Whatever ends the demo, nothing of it is left running. In a test `afterAll` does this: jest has its own `process`.
process.once("exit", killAll);

/** Kills every component that still runs. */
export function killAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** Starts one. What it prints is kept for {@link Component.line}, and shown only when it fails. */
export function startComponent({ name, file, args = [], environment }: ComponentOptions): Component {
  const child = fork(file, args, {
    env: { ...process.env, ...environment },
    execArgv: [],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  running.add(child);
  let stats: ComponentStats = { recorded: 0, repeats: 0 };
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  child.on("message", (message) => {
    stats = message as ComponentStats; // Components send nothing else.
    tell();
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      tell();
    });
  }
  const ended = once(child, "exit").then(([code]) => {
    running.delete(child);
    tell();
    return code as number | null; // By its documentation.
  });
  /** Looks for something again and again whenever the component has said something. */
  const find = <T>(look: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const lookAgain = (): void => {
        const found = look();
        if (found !== undefined) resolve(found);
        else if (!running.has(child))
          reject(new Error(`${name} ended early:\n${lines.slice(-20).join("\n")}`));
        else return;
        listeners.delete(lookAgain);
      };
      listeners.add(lookAgain);
      lookAgain();
    });
  return {
    name,
    ended,
    get stats() {
      return stats;
    },
    line: (pattern) => find(() => lines.map((line) => pattern.exec(line)).find((match) => match !== null)),
    recorded: async (count) => {
      await find(() => (stats.recorded >= count ? stats : undefined));
    },
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
    stop: async () => {
      child.kill("SIGTERM");
      const impatience = setTimeout(() => child.kill("SIGKILL"), 60_000);
      const code = await ended;
      clearTimeout(impatience);
      return code;
    },
  };
}
