import type { LedgerSnapshot } from "@activity/core";
import type { AnsweredRequest } from "@activity/proxy";
import { proxyMetrics } from "@activity/proxy/metrics";
import * as client from "prom-client";
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { KeyHolder } from "../keys/write-keys.ts";

/** What is asked for when metrics are read. */
export interface MetricsSources {
  readonly stats: () => LedgerSnapshot;
  readonly ready: () => boolean;
  readonly heldBytes: () => number;
  readonly viewers: () => number;
  readonly droppedViewers: () => number;
}

/** Metrics of an intake, in a registry of their own. */
export interface IntakeMetrics {
  add(request: AnsweredRequest<KeyHolder>): void;
  /** Files that retention removed. */
  removedFiles(count: number): void;
  /** In the text format of Prometheus. */
  text(): Promise<string>;
  readonly contentType: string;
}

const ledgerStates = [
  "recorded",
  "adopted",
  "delivered",
  "handedOver",
  "pending",
  "rejected",
  "dropped",
  "withdrawn",
] as const;

export function createIntakeMetrics(sources: MetricsSources): IntakeMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = <T extends string>(name: string, help: string, labelNames: T[]): Counter<T> =>
    new Counter({ name, help, labelNames, registers });
  const count = proxyMetrics<KeyHolder>({ client, registry, prefix: "activity_intake_" });
  const keys = counter("activity_intake_key_events_total", "Accepted events by write key", ["key"]);
  const removed = counter("activity_intake_removed_files_total", "Files that retention removed", []);
  addGauges(registry, sources);
  return {
    add: (request) => {
      count(request);
      const { accepted, principal } = request;
      if (principal !== undefined) keys.inc({ key: principal.key.name }, accepted.length);
    },
    removedFiles: (files) => removed.inc(files),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

function addGauges(registry: Registry, sources: MetricsSources): void {
  const registers = [registry];
  const gauge = (name: string, help: string, value: () => number): void => {
    const made: Gauge = new Gauge({ name, help, registers, collect: () => made.set(value()) });
  };
  const ledger = new Gauge({
    name: "activity_sink_events",
    help: "The ledger of the sink: recorded + adopted is the sum of the others",
    labelNames: ["state"],
    registers,
    collect: () => {
      const stats = sources.stats();
      for (const state of ledgerStates) ledger.set({ state }, stats[state]);
    },
  });
  gauge("activity_intake_ready", "1 while it takes events", () => Number(sources.ready()));
  gauge("activity_intake_body_bytes", "Bytes of bodies that are held", sources.heldBytes);
  gauge("activity_intake_viewers", "Viewers of the live page", sources.viewers);
  gauge("activity_intake_viewers_dropped", "Viewers that read too slowly", sources.droppedViewers);
}
