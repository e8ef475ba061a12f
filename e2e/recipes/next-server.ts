/** The app in `next-app` in a real Next, as its developers start it or as it is served. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

export interface NextServer {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** Everything it printed so far. */
  output(): string;
  /** Ends it; after 15 s it is killed. Resolves when it has ended. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
}

export interface NextServerOptions {
  /** `start` needs a build. */
  readonly command: "dev" | "start";
  /** Where it keeps events. */
  readonly directory: string;
  /** The origin of another server, to which it passes `/elsewhere` on. A build keeps the one that it was made with. */
  readonly elsewhere?: string;
}

const app = fileURLToPath(new URL("next-app", import.meta.url));
const program = createRequire(import.meta.url).resolve("next/dist/bin/next");

/** Makes what `start` serves; rejects with what Next printed. */
export async function buildNextApp(elsewhere = "http://127.0.0.1:9"): Promise<void> {
  const child = spawnNext(["build"], { ELSEWHERE: elsewhere });
  const output = collectOutput(child);
  const [code] = (await once(child, "close")) as [number | null]; // By its documentation.
  if (code !== 0) throw new Error(`next build ended with ${code}: ${output()}`);
}

/** Starts it on a free port and resolves when it listens. */
export async function startNext(options: NextServerOptions): Promise<NextServer> {
  const { command, directory, elsewhere = "http://127.0.0.1:9" } = options;
  const child = spawnNext([command, "--port", "0", "--hostname", "127.0.0.1"], {
    EVENTS_DIRECTORY: directory,
    ELSEWHERE: elsewhere,
  });
  const output = collectOutput(child);
  const ended = once(child, "close");
  const origin = await new Promise<string>((resolve, reject) => {
    child.stdout?.on("data", () => {
      const found = /Local:\s+(http:\/\/127\.0\.0\.1:\d+)[\s\S]*Ready in/.exec(output());
      if (found?.[1] !== undefined) resolve(found[1]);
    });
    void ended.then(() => reject(new Error(`Next ended: ${output()}`)));
  });
  return {
    origin,
    output,
    stop: async (signal = "SIGTERM") => {
      child.kill(signal);
      const impatience = setTimeout(() => child.kill("SIGKILL"), 15_000);
      await ended;
      clearTimeout(impatience);
    },
  };
}

function spawnNext(args: readonly string[], environment: Readonly<Record<string, string>>): ChildProcess {
  const { PATH = "", HOME = "" } = process.env;
  return spawn(process.execPath, [program, ...args], {
    cwd: app,
    // Of this process nothing else: it may say that it is a test.
    env: { PATH, HOME, NEXT_TELEMETRY_DISABLED: "1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function collectOutput(child: ChildProcess): () => string {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return () => output;
}
