import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readSegments } from "@activity/spool";
import type { Account } from "./account.ts";
import { accountFor, summaryLine } from "./account.ts";
import { SegmentTail } from "./arrivals.ts";
import type { Cast, Folders } from "./cast.ts";
import { startCast } from "./cast.ts";
import type { CloudStore } from "./cloud-store.ts";
import { openCloudStore } from "./cloud-store.ts";
import { openPages, type Pages } from "./drive-pages.ts";
import type { DemoOptions } from "./options.ts";
import { controlService, type PathService } from "./paths.ts";
import { View } from "./view.ts";

/** One run; whether every path arrived exactly once. */
export async function play(options: DemoOptions): Promise<boolean> {
  const root = mkdtempSync(join(tmpdir(), "activity-demo-"));
  const folders: Folders = {
    cloud: join(root, "cloud"),
    intake: join(root, "intake"),
    home: join(root, "home"),
  };
  const store = await openCloudStore(options, folders.cloud);
  const stage = new Stage(options, store, folders);
  // Also when somebody presses Ctrl-C in the middle of it.
  process.once("exit", () => {
    if (!options.keep) rmSync(root, { recursive: true, force: true });
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
  try {
    const { account, sent } = await stage.run();
    console.log(options.keep ? describeData(folders, store) : whyToTrust);
    return report(account, sent);
  } finally {
    await store.close();
  }
}

const howCounted = `"arrived" is read from the final stores after everything has ended, by distinct id; "recorded" is the highest number of
each source there, or what its processes said before they ended or were killed, if that is more; p50 is the time from
event_time until an event was seen in its store, with the wait for a batch and, where it applies, the outage.`;
const whyToTrust = `${howCounted}
The stores are removed now: "npm run demo -- --keep" leaves them for you to count.\n`;

/** Where a run has left its data, and commands that look at it. */
function describeData({ intake }: Folders, { place }: CloudStore): string {
  const spool = fileURLToPath(new URL("../../../packages/spool/bin/activity-spool.mjs", import.meta.url));
  return [
    howCounted,
    `The stores are kept. Paths 4 to 6: ${intake}. Paths 1 to 3: ${place ?? "in the Kafka that was started, which is gone"}.`,
    `  node ${spool} audit ${intake}`,
    `  cat ${join(intake, "*.ndjson")} | wc -l\n`,
  ].join("\n");
}

class Stage {
  readonly #options: DemoOptions;
  readonly #store: CloudStore;
  readonly #folders: Folders;
  readonly #tail: SegmentTail;
  readonly #view: View;
  readonly #startedMs = Date.now();
  /** What was recorded by processes that have ended: commands, and whatever was killed. */
  readonly #ended = new Map<string, number>();
  #note = "starting";

  constructor(options: DemoOptions, store: CloudStore, folders: Folders) {
    this.#options = options;
    this.#store = store;
    this.#folders = folders;
    this.#tail = new SegmentTail(folders.intake);
    this.#view = new View(process.stdout.isTTY && !options.check, `${store.title} · intake: NDJSON segments`);
  }

  async run(): Promise<{ readonly account: Account; readonly sent: number }> {
    const cast = await startCast(this.#folders, this.#store.environment);
    const pages = await openPages(cast.adminAddress, cast.localAddress, this.#options.check);
    if (pages === undefined)
      console.log(
        `There is no Chromium here. Open the pages yourself:\n  ${cast.adminAddress}\n  ${cast.localAddress}`,
      );
    const drawing = this.#draw(cast, pages);
    await this.#perform(cast, pages);
    const sent = await this.#strikeSet(cast, pages);
    drawing.stop();
    await drawing.ended;
    const account = await accountFor([readSegments(this.#folders.intake), this.#store.read()], this.#ended);
    const lost = new Map(account.paths.map((path) => [path.service, path.lost]));
    this.#view.end({ ...(await this.#scene(cast, undefined)), lost });
    return { account, sent };
  }

  /** The acts: all is well; the intake dies and a command with it; it comes back. */
  async #perform(cast: Cast, pages: Pages | undefined): Promise<void> {
    this.#note = "everything runs";
    const driving = pages?.drive() ?? Promise.resolve();
    await this.#command(cast, "login");
    await sleep(3_000);
    if (!this.#options.calm) {
      this.#note = "the intake was killed (SIGKILL): what is for it waits";
      await cast.intake.kill();
      await this.#command(cast, "login");
      this.#note = "a command was killed half-way (SIGKILL)";
      await this.#killedCommand(cast);
      await sleep(4_000);
      this.#note = "the intake is back: what waited arrives";
      cast.intake = await cast.startIntake();
    }
    await this.#command(cast, "deploy");
    await sleep(3_000);
    await this.#caughtUp(cast, pages);
    pages?.rest();
    await driving;
    if (pages === undefined || this.#options.calm) return;
    this.#note = "a tab was closed offline, with events that it had not sent: the next one sends them";
    await pages.closeOffline();
    await this.#caughtUp(cast, pages, 0);
  }

  /** Waits until next to nothing waits on this machine, for 20 s at most: the wait for the next try is random. */
  async #caughtUp(cast: Cast, pages: Pages | undefined, mayWait = 20): Promise<void> {
    for (let turn = 0; turn < 100; turn++) {
      const { recorded, arrived } = await this.#scene(cast, pages);
      const waiting = (["local-ui", "local-runtime"] satisfies PathService[]).map(
        (service) => (recorded.get(service) ?? 0) - (arrived.ids.get(service)?.size ?? 0),
      );
      if (Math.max(...waiting) <= mayWait) return;
      await sleep(200);
    }
  }

  async #command(cast: Cast, ...args: readonly string[]): Promise<void> {
    const command = cast.command(...args);
    await command.ended;
    this.#count("acme-cli", command.stats.recorded);
  }

  /** Its last word before it dies says how many events it had recorded; each must be found. */
  async #killedCommand(cast: Cast): Promise<void> {
    const command = cast.command("deploy", "--slowly");
    await command.line(/half-way/);
    await command.kill();
    this.#count("acme-cli", command.stats.recorded);
  }

  /** Ends everybody in the order in which a person would, and gives what waits its time. Returns what the control sent. */
  async #strikeSet(cast: Cast, pages: Pages | undefined): Promise<number> {
    this.#note = "closing down";
    for (const [service, recorded] of (await pages?.recorded()) ?? []) this.#count(service, recorded);
    await pages?.close();
    const [control] = await Promise.all([
      cast.control.line(/sent (\d+)/),
      ...[cast.control, cast.localRuntime, cast.localServer, cast.runtime, cast.adminServer].map(
        (component) => component.stop(),
      ),
    ]);
    this.#count("local-runtime", cast.localRuntime.stats.recorded);
    this.#count("runtime-server", cast.runtime.stats.recorded);
    // What a dead command left is delivered by whichever comes next.
    for (let turn = 0; turn < 20; turn++) {
      await cast.command("telemetry", "flush").ended;
      await this.#tail.read();
      if ((this.#tail.ids.get("acme-cli")?.size ?? 0) >= (this.#ended.get("acme-cli") ?? 0)) break;
      await sleep(250);
    }
    await cast.intake.stop();
    return Number(control[1]);
  }

  #count(service: string, recorded: number): void {
    this.#ended.set(service, (this.#ended.get(service) ?? 0) + recorded);
  }

  #draw(cast: Cast, pages: Pages | undefined): { stop(): void; readonly ended: Promise<void> } {
    let stopped = false;
    const loop = async (): Promise<void> => {
      while (!stopped) {
        await this.#tail.read();
        await this.#store.follow(this.#tail);
        this.#view.draw(await this.#scene(cast, pages));
        await sleep(100);
      }
    };
    return { stop: () => (stopped = true), ended: loop() };
  }

  async #scene(cast: Cast, pages: Pages | undefined): Promise<Parameters<View["draw"]>[0]> {
    const components = {
      "runtime-server": cast.runtime,
      "local-runtime": cast.localRuntime,
      [controlService]: cast.control,
    };
    const counted = Object.entries(components).map(
      ([service, { stats }]) => [service, stats.recorded] as const,
    );
    const recorded = new Map<string, number>([
      ...this.#ended,
      ...counted,
      ...((await pages?.recorded()) ?? []),
    ]);
    const repeats = new Map(
      Object.entries(components).map(([service, { stats }]) => [service, stats.repeats] as const),
    );
    return {
      recorded,
      repeats,
      arrived: this.#tail,
      note: this.#note,
      elapsedMs: Date.now() - this.#startedMs,
    };
  }
}

function report({ paths, controlArrived }: Account, sent: number): boolean {
  for (const { number, title, recorded, arrived, announced, lost, duplicated } of paths) {
    const named = announced > 0 ? `, ${announced} dropped and named` : "";
    console.log(
      `${number} ${title}: ${recorded} recorded, ${arrived} arrived${named}, ${lost} lost, ${duplicated} duplicated`,
    );
  }
  console.log(
    `  control (fetch and forget): ${sent} sent, ${controlArrived} arrived, ${sent - controlArrived} lost`,
  );
  const summary = summaryLine(paths);
  console.log(summary);
  return summary.startsWith(`${paths.length}/${paths.length} paths`);
}
