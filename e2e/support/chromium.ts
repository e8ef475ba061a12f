/**
 * A real headless Chromium with an empty profile of its own, for tests of every package and for scripts. It and its
 * profile are gone after `stop`, or when the process that started it ends, however that happens.
 *
 * It is started by us and not by Playwright, so that no flag of Playwright's changes how pages leave and come back: the
 * back-forward cache is on, and tabs are throttled as they are for people.
 */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { chromium } from "playwright-core";
import { findChromium } from "../../tools/chromium.mjs";

export type { Browser, BrowserContext, Page } from "playwright-core";

export interface Chromium {
  readonly browser: Browser;
  readonly pid: number;
  /** Its folder. */
  readonly profile: string;
  /** The context that the browser starts with: its tabs share cookies and storage. */
  readonly context: BrowserContext;
  /** Another one with storage of its own, like another person's browser. */
  newContext(): Promise<BrowserContext>;
  /** A tab, in the context that the browser starts with unless another is given. */
  newTab(context?: BrowserContext): Promise<Tab>;
  /** Sends SIGKILL to all of it, as a crash would, and waits until it is dead. The profile stays until `stop`. */
  kill(): Promise<void>;
  /** Ends it and removes its profile. May be called twice. */
  stop(): Promise<void>;
}

/** A tab whose errors are kept. */
export interface Tab {
  readonly page: Page;
  /** Everything that was printed with `console.error` or `console.warn`, or thrown and not caught. */
  readonly problems: readonly string[];
}

export interface ChromiumOptions {
  /** Flags beside ours. */
  readonly args?: readonly string[] | undefined;
  /** A profile that a browser before it left when it was killed. @defaultValue a new one */
  readonly profile?: string | undefined;
}

const startTimeoutMs = 120_000;
/** How long a page may take for anything, on a machine that has other things to do. */
const pageTimeoutMs = 60_000;
const portFile = "DevToolsActivePort";
const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-breakpad",
  "--disable-extensions",
  "--no-first-run",
  "--no-default-browser-check",
  "--password-store=basic",
  "--use-mock-keychain",
  "--remote-debugging-port=0",
  // Nothing but this machine is ever asked.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
];

/** Starts Chromium and resolves when it answers. `CHROMIUM` in the environment names one; else it is looked for. */
export async function startChromium(options: ChromiumOptions = {}): Promise<Chromium> {
  const program = await findChromium();
  const profile = options.profile ?? mkdtempSync(join(tmpdir(), "activity-chromium-"));
  rmSync(join(profile, portFile), { force: true }); // A killed browser has left its own.
  const process = startProcess(program, profile, options.args ?? []);

  async function stop(): Promise<void> {
    await process.kill();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    process.release();
  }

  try {
    const browser = await chromium.connectOverCDP(await process.address(), { timeout: startTimeoutMs });
    const [context] = browser.contexts();
    if (context === undefined) throw new Error("Chromium has no window to work in");
    context.setDefaultTimeout(pageTimeoutMs);
    return {
      browser,
      pid: process.pid,
      profile,
      context,
      newContext: async () => {
        const another = await browser.newContext();
        another.setDefaultTimeout(pageTimeoutMs);
        return another;
      },
      newTab: async (place = context) => watch(await place.newPage()),
      kill: () => process.kill(),
      stop: async () => {
        if (!process.ended())
          await Promise.race([closePolitely(browser), sleep(10_000, undefined, { ref: false })]);
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function watch(page: Page): Tab {
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning")
      problems.push(`${message.type()}: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => problems.push(`uncaught: ${String(error)}`));
  return { page, problems };
}

/** Asks the browser to end, so that it has nothing left to write when it is killed. */
async function closePolitely(browser: Browser): Promise<void> {
  try {
    const session = await browser.newBrowserCDPSession();
    await session.send("Browser.close");
    await browser.close();
  } catch {
    return; // It ended before it could answer, which was the purpose.
  }
}

interface ChromiumProcess {
  readonly pid: number;
  ended(): boolean;
  /** Where its debugging port answers. */
  address(): Promise<string>;
  kill(): Promise<void>;
  /** Lets the guard go. */
  release(): void;
}

function startProcess(program: string, profile: string, args: readonly string[]): ChromiumProcess {
  const child = spawn(program, [...flags, `--user-data-dir=${profile}`, ...args, "about:blank"], {
    detached: true, // Its own process group, so that all of it can be killed at once.
    stdio: ["ignore", "ignore", "pipe"],
  });
  let output = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    output = (output + chunk).slice(-8_192);
  });
  const exited = once(child, "exit").catch((error: unknown) => {
    output += String(error);
  });
  const pid = child.pid ?? 0;
  const guard = startGuard(pid, profile);
  const ended = (): boolean =>
    child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  return {
    pid,
    ended,
    address: () => readAddress(profile, ended, () => output),
    kill: async () => {
      killGroup(pid);
      await exited;
      child.stderr?.destroy();
    },
    release: () => guard.kill("SIGKILL"),
  };
}

function killGroup(pid: number): void {
  if (pid === 0) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    return; // All of it has ended.
  }
}

/** As long as our process lives its end of the pipe stays open; when it ends, however that happens, the guard kills. */
function startGuard(pid: number, profile: string): ChildProcess {
  const script = `cat >/dev/null; ps -o args= -p "$1" | grep -qF -- "$2" && kill -KILL "-$1"; sleep 0.2; rm -rf "$2"`;
  const guard = spawn("sh", ["-c", script, "sh", String(pid), profile], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true, // Ctrl-C reaches the whole group, and must not end the guard before its work.
  });
  guard.unref();
  return guard;
}

async function readAddress(profile: string, ended: () => boolean, output: () => string): Promise<string> {
  const deadline = performance.now() + startTimeoutMs;
  while (performance.now() < deadline) {
    if (ended()) throw new Error(`Chromium ended while starting:\n${output()}`);
    const [port, path] = readPortFile(join(profile, portFile));
    if (port !== undefined && path !== undefined) return `ws://127.0.0.1:${port}${path}`;
    await sleep(25);
  }
  throw new Error(`Chromium did not answer in ${startTimeoutMs} ms:\n${output()}`);
}

function readPortFile(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8").trim().split("\n");
  } catch {
    return []; // It is written when the port answers.
  }
}
