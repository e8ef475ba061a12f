import { statSync } from "node:fs";
import type { Clock } from "@activity/core";
import type { AnswerHandler } from "@activity/proxy";
import { listSegments } from "@activity/spool";
import type { Intake } from "../create-intake.ts";
import type { KeyHolder } from "../keys/write-keys.ts";
import type { IntakeSettings } from "../settings/intake-settings.ts";
import type { AdminListener, AdminRoute } from "./admin-listener.ts";
import { createAdminListener } from "./admin-listener.ts";
import { AuditRunner } from "./audit-runner.ts";
import { EventFeed } from "./event-feed.ts";
import type { IntakeMetrics } from "./intake-metrics.ts";
import { createIntakeMetrics } from "./intake-metrics.ts";
import { readPageFiles } from "./page-files.ts";
import { QueryRunner } from "./query-runner.ts";
import { Tail } from "./tail.ts";

/** What the admin side watches. */
export interface AdminOptions {
  readonly settings: IntakeSettings;
  readonly clock: Clock;
  /** Where this package stands. */
  readonly packageFolder: URL;
}

/** Page, tail, metrics, audit and query of one intake. */
export class Admin {
  readonly #options: AdminOptions;
  readonly #feed: EventFeed;
  #intake: Intake | undefined;
  #metrics: IntakeMetrics | undefined;
  #tail: Tail | undefined;
  #listener: AdminListener | undefined;

  constructor(options: AdminOptions) {
    this.#options = options;
    this.#feed = new EventFeed(options.clock);
  }

  readonly onAnswer: AnswerHandler<KeyHolder> = (request) => {
    this.#feed.add(request);
    this.#metrics?.add(request);
  };

  removedFiles(count: number): void {
    this.#metrics?.removedFiles(count);
  }

  /** Starts to listen beside an intake that listens at `address`; gives the address of the page. */
  async listen(intake: Intake, address: string): Promise<string | undefined> {
    const { settings, clock, packageFolder } = this.#options;
    if (settings.admin === undefined) return undefined;
    this.#intake = intake;
    const stats = (): ReturnType<Intake["stats"]> => intake.stats();
    const ready = (): boolean => intake.ready;
    const tail = new Tail({ feed: this.#feed, stats, ready, clock });
    this.#tail = tail;
    this.#metrics = createIntakeMetrics({
      stats,
      ready,
      heldBytes: () => intake.heldBytes,
      viewers: () => tail.viewers,
      droppedViewers: () => tail.dropped,
    });
    this.#listener = createAdminListener({
      ...settings.admin,
      intakePort: Number(new URL(address).port || 80),
      page: readPageFiles(packageFolder),
      routes: this.#routes(address, tail),
    });
    return this.#listener.listen();
  }

  async close(): Promise<void> {
    this.#tail?.close();
    await this.#listener?.close();
  }

  #routes(address: string, tail: Tail): Readonly<Record<string, AdminRoute>> {
    const { settings, packageFolder } = this.#options;
    const audits = new AuditRunner(settings.directory);
    const queries = new QueryRunner(settings.directory, packageFolder);
    const { kafka, writeKeys, keyFile } = settings;
    return {
      "/about": {
        method: "GET",
        answer: async () =>
          json({
            address,
            target: kafka === undefined ? { directory: settings.directory } : { topic: kafka.topic },
            needsKey: writeKeys.length > 0 || keyFile !== undefined,
            bytes: await storedBytes(settings.directory),
            query: kafka === undefined && (await queries.available()),
          }),
      },
      "/tail": { method: "GET", stream: (request, response) => tail.open(request, response) },
      "/metrics": {
        method: "GET",
        answer: async () => ({
          type: this.#metrics?.contentType ?? "text/plain",
          body: (await this.#metrics?.text()) ?? "",
        }),
      },
      "/healthz": { method: "GET", answer: () => json({ status: "ok" }) },
      "/readyz": { method: "GET", answer: () => this.#readiness() },
      "/audit": {
        method: "GET",
        answer: async () => json(kafka === undefined ? await audits.run() : { topic: kafka.topic }),
      },
      "/query": { method: "POST", answer: (text) => queries.answer(text) },
    };
  }

  #readiness(): { readonly status: number; readonly type: string; readonly body: string } {
    const ready = this.#intake?.ready ?? false;
    const state = {
      status: ready ? "ok" : "draining",
      sink: this.#intake?.stats(),
      totals: this.#feed.totals,
    };
    return { ...json(state), status: ready ? 200 : 503 };
  }
}

/** What an audit would have to read. */
async function storedBytes(directory: string): Promise<number> {
  const sizes = (await listSegments(directory)).map(
    (path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0,
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function json(value: unknown): { readonly type: string; readonly body: string } {
  return { type: "application/json", body: JSON.stringify(value) };
}
