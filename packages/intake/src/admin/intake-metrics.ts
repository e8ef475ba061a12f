import type { LedgerSnapshot } from "@activity/core";
import type { AnsweredRequest } from "@activity/proxy";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { KeyHolder } from "../keys/write-keys.ts";

/** What is asked for when metrics are read. */
export interface MetricsSources {
  readonly stats: () => LedgerSnapshot;
  readonly ready: () => boolean;
  readonly heldBytes: () => number;
  readonly viewers: () => number;
  readonly droppedViewers: () => number;
  /** Accepted events by type; there are never more than some dozens of types. */
  readonly types: () => readonly { readonly type: string; readonly total: number }[];
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
  const events = counter("activity_intake_events_total", "Events by what became of them", ["outcome"]);
  const rejections = counter("activity_intake_rejected_total", "Rejected events by reason", ["code"]);
  const requests = counter("activity_intake_requests_total", "Requests by answer", ["status", "code"]);
  const keys = counter("activity_intake_key_events_total", "Accepted events by write key", ["key"]);
  const removed = counter("activity_intake_removed_files_total", "Files that retention removed", []);
  const seconds = new Histogram({
    name: "activity_intake_request_seconds",
    help: "Time from a request to its answer",
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  addGauges(registry, sources);
  return {
    add: (request) => {
      const { accepted, duplicates, rejected, discarded, status, code = "", principal, durationMs } = request;
      events.inc({ outcome: "accepted" }, accepted.length);
      events.inc({ outcome: "duplicate" }, duplicates);
      events.inc({ outcome: "rejected" }, rejected.length);
      events.inc({ outcome: "discarded" }, discarded);
      for (const { problem } of rejected) rejections.inc({ code: problem.code });
      if (principal !== undefined) keys.inc({ key: principal.key.name }, accepted.length);
      requests.inc({ status, code });
      seconds.observe(durationMs / 1_000);
    },
    removedFiles: (count) => removed.inc(count),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

function addGauges(registry: Registry, sources: MetricsSources): void {
  const registers = [registry];
  const gauge = (name: string, help: string, value: () => number): void => {
    const made: Gauge = new Gauge({ name, help, registers, collect: () => made.set(value()) });
  };
  const types = new Counter({
    name: "activity_intake_accepted_total",
    help: "Accepted events by type",
    labelNames: ["type"],
    registers,
    collect: () => {
      types.reset();
      for (const { type, total } of sources.types()) types.inc({ type }, total);
    },
  });
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
