/** A client must not be felt by the program it is in: whatever its home, its network, its threads and its end. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { removeFolder } from "../../../e2e/support/remove-folder.ts";
import type { TestIntake } from "../test/test-intake.ts";
import { startTestIntake } from "../test/test-intake.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** How a program ended. */
interface Run {
  readonly code: number | null;
  readonly stderr: string;
  readonly closeMs: number;
}

const timeoutMs = 240_000;
/**
 * How long a program may live once it has begun that has nothing to wait for, that sends or tries to, and that has a
 * thread or a child. Several times what each may take, since machines are slow; whoever lives longer is killed, which is
 * no end with code 0.
 */
const [briefMs, sendingMs, familyMs] = [10_000, 60_000, 90_000];
let home: string;
let intake: TestIntake;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "activity-lifecycle-"));
  intake = await startTestIntake();
});
afterEach(async () => {
  await intake.close();
  removeFolder(home);
});

async function run(
  mode: string,
  own: { url?: string; env?: Environment; flags?: readonly string[]; livesMs?: number } = {},
): Promise<Run> {
  const file = fileURLToPath(new URL("../test/lifecycle-process.ts", import.meta.url));
  const { url = intake.url, env = {}, flags = [], livesMs = sendingMs } = own;
  const args = ["--conditions=@activity/source", ...flags, file, url, mode];
  const child = spawn(process.execPath, args, {
    env: {
      HOME: home,
      ACTIVITY_TELEMETRY: "on",
      ACTIVITY_FLUSH: "wait",
      LIFECYCLE_CLOSE_MS: "40000",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  let end: NodeJS.Timeout | undefined;
  child.stdio[3]?.once("data", () => {
    end = setTimeout(() => child.kill("SIGKILL"), livesMs);
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text) => (stderr += text));
  const [code] = (await once(child, "close")) as [number | null]; // By its documentation.
  clearTimeout(end);
  return { code, stderr, closeMs: Number(stdout) };
}

/** What arrived of a mode, each event once however often it came. */
function stepsFrom(...modes: readonly string[]): number {
  const steps = intake.arrived.map((text) => JSON.parse(text) as { event_id: string; from?: string });
  return new Set(steps.filter(({ from }) => modes.includes(from ?? "")).map(({ event_id }) => event_id)).size;
}

describe("a home", () => {
  it.each([
    ["", "empty"],
    ["/dev/null/x", "below a file"],
    ["/proc", "that takes no files"],
    ["relative", "that is no place"],
  ])(
    "%j, %s, costs nothing but the disk",
    async (place) => {
      expect(await run("close", { env: { HOME: place } })).toMatchObject({ code: 0, stderr: "" });
      expect(stepsFrom("close")).toBe(5);
    },
    timeoutMs,
  );

  it(
    "with blanks, backslashes and letters of all kinds is a home",
    async () => {
      const odd = join(home, "odd: Zoë M\\a b%20#?");
      expect(await run("natural", { env: { HOME: odd } })).toMatchObject({ code: 0, stderr: "" });
      await run("close", { env: { HOME: odd } });
      expect(stepsFrom("natural", "close")).toBe(10);
    },
    timeoutMs,
  );
});

describe("an end", () => {
  it(
    "comes by itself where nothing was recorded, and where nobody closed",
    async () => {
      expect(await run("idle", { livesMs: briefMs })).toMatchObject({ code: 0, stderr: "" });
      expect(await run("natural")).toMatchObject({ code: 0, stderr: "" });
      expect(await run("close", { livesMs: sendingMs })).toMatchObject({ code: 0, stderr: "" });
      expect(stepsFrom("natural", "close")).toBe(10);
    },
    timeoutMs,
  );

  it(
    "by process.exit is not put off, and its events arrive",
    async () => {
      intake.always = () => "stall";
      expect(await run("exit", { livesMs: briefMs })).toMatchObject({ code: 0, stderr: "" });
      intake.heal();
      await run("close");
      expect(stepsFrom("exit", "close")).toBe(10);
    },
    timeoutMs,
  );

  it(
    "of a thread is its own: the main one goes on, and both are delivered",
    async () => {
      expect(await run("worker", { livesMs: familyMs })).toMatchObject({ code: 0, stderr: "" });
      await run("close");
      expect(stepsFrom("worker", "thread", "close")).toBe(15);
    },
    timeoutMs,
  );

  it(
    "of a child leaves its parent what is the parent's",
    async () => {
      expect(await run("fork", { livesMs: familyMs })).toMatchObject({ code: 0, stderr: "" });
      await run("close");
      expect(stepsFrom("fork", "child", "close")).toBe(15);
    },
    timeoutMs,
  );

  describe("where a name is looked up for long", () => {
    // Not a port that `fetch` refuses before it looks anything up, such as 9.
    const url = "http://intake.example.test/v1/events";
    const slow = fileURLToPath(new URL("../test/slow-dns.mjs", import.meta.url));
    const log = (): string => join(home, "look-ups");
    const runSlowly = (mode: string, lookUpMs: number, livesMs: number): Promise<Run> => {
      writeFileSync(log(), "");
      const env = { SLOW_DNS_LOG: log(), SLOW_DNS_MS: String(lookUpMs), LIFECYCLE_CLOSE_MS: undefined };
      return run(mode, { url, env, livesMs, flags: ["--import", slow] });
    };
    const lookUps = (): number => readFileSync(log(), "utf8").split("\n").length - 1;

    it(
      "closes in time, and outlives one look-up at most",
      async () => {
        const { code, stderr, closeMs } = await runSlowly("close", 6_000, 24_000);
        expect([code, stderr, lookUps()]).toEqual([0, "", 1]);
        expect(closeMs).toBeLessThan(5_000);
      },
      timeoutMs,
    );

    it.each([
      ["exit", 0],
      ["exit under way", 1],
    ])(
      "by %s waits for none",
      async (mode, count) => {
        expect(await runSlowly(mode, 40_000, 10_000)).toMatchObject({ code: 0, stderr: "" });
        expect(lookUps()).toBe(count);
      },
      timeoutMs,
    );
  });
});

describe("a network", () => {
  /** A close that cannot deliver takes all of its time. */
  const inVain = { LIFECYCLE_CLOSE_MS: "4000" };

  it(
    "is reached through the proxy that is set, and directly where NO_PROXY says so",
    async () => {
      const lines: string[] = [];
      const proxy = createServer((socket) => {
        socket.on("error", () => undefined);
        socket.once("data", (bytes) => {
          lines.push(bytes.toString("latin1").split("\r\n")[0] ?? "");
          socket.end("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        });
      });
      const port = await listen(proxy);
      const env = { HTTP_PROXY: `http://127.0.0.1:${port}`, NODE_USE_ENV_PROXY: "1" };
      await run("close", { url: "http://intake.example.test/v1/events", env: { ...env, ...inVain } });
      expect(lines.length).toBeGreaterThan(0);
      expect(lines[0]).toContain("intake.example.test");
      lines.length = 0;
      await run("close", { env: { ...env, NO_PROXY: "127.0.0.1" } });
      expect([lines, stepsFrom("close")]).toEqual([[], 5]);
      proxy.close();
    },
    timeoutMs,
  );

  it(
    "whose certificate nobody vouches for gets nothing, until somebody does",
    async () => {
      const [key, certificate] = [join(home, "key.pem"), join(home, "certificate.pem")];
      const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
      execFileSync(
        "openssl",
        [
          "req",
          "-x509",
          "-newkey",
          "rsa:2048",
          "-nodes",
          "-days",
          "2",
          ...subject,
          "-keyout",
          key,
          "-out",
          certificate,
        ],
        { stdio: "ignore" },
      );
      let requests = 0;
      const server = createSecureServer(
        { key: readFileSync(key), cert: readFileSync(certificate) },
        (request, response) => {
          requests++;
          request.resume().once("end", () => response.writeHead(202).end("{}"));
        },
      );
      const url = `https://localhost:${await listen(server)}/v1/events`;
      expect(await run("close", { url, env: inVain })).toMatchObject({ code: 0, stderr: "" });
      expect(requests).toBe(0);
      await run("close", { url, env: { NODE_EXTRA_CA_CERTS: certificate } });
      expect(requests).toBeGreaterThan(0);
      server.closeAllConnections();
      server.close();
    },
    timeoutMs,
  );
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port; // It listens on a port, not on a pipe.
}
