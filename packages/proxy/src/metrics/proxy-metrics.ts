import type { ActivityEvent } from "@activity/core";
import { ActivityError } from "@activity/core";
import type { AnsweredRequest, AnswerHandler } from "../answered-request.ts";
import { loadPeer } from "../node/load-peer.ts";
import type { Principal } from "../proxy-options.ts";

/** Options of {@link proxyMetrics}. */
export interface ProxyMetricsOptions {
  /** A `Registry` of prom-client. @defaultValue its `register`, which hosts serve as `/metrics` */
  readonly registry?: object | undefined;
  /** prom-client itself (`import * as client`), for servers that are bundled: what is loaded by name stays outside of a bundle. @defaultValue loaded by name */
  readonly client?: object | undefined;
  /** What every name begins with. @defaultValue "activity_proxy_" */
  readonly prefix?: string | undefined;
}

/** Types come from outside; so many are told apart, those that come after them are `other`. */
const maxTypes = 50;
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Counts what becomes of requests and events, with the package prom-client. Several proxies may count into one registry.
 *
 * @returns what the proxy takes as `onAnswer`
 * @throws INVALID_OPTION where prom-client is neither given nor installed, or the registry holds something else under one of the names.
 */
export function proxyMetrics<P extends Principal = Principal>({
  registry,
  client: given = loadPeer("prom-client", "@activity/proxy/metrics") as object, // Its documentation.
  prefix = "activity_proxy_",
}: ProxyMetricsOptions = {}): AnswerHandler<P> {
  const client = given as PromClient; // As above.
  const into = (registry ?? client.register) as Registry; // As above.
  const metric = <M extends object>(Kind: MetricKind<M>, short: string, rest: MetricShape): M => {
    const name = prefix + short;
    const known = into.getSingleMetric(name);
    if (known === undefined) return new Kind({ name, registers: [into], ...rest });
    if (known instanceof Kind) return known;
    throw new ActivityError("INVALID_OPTION", `the registry holds another kind of metric as ${name}`);
  };
  const counter = (short: string, help: string, labelNames: readonly string[]): Counter =>
    metric(client.Counter, short, { help, labelNames });
  const events = counter("events_total", "Events by what became of them", ["outcome"]);
  const rejections = counter("rejected_total", "Rejected events by reason", ["code"]);
  const accepted = counter("accepted_total", "Accepted events by type", ["type"]);
  const requests = counter("requests_total", "Requests by answer", ["status", "code"]);
  const seconds = metric(client.Histogram, "request_seconds", {
    help: "Time from a request to its answer",
    labelNames: [],
    buckets,
  });
  const typeOf = createTypeLabels();
  return (request: AnsweredRequest<P>) => {
    const { status, code = "", durationMs, rejected } = request;
    events.inc({ outcome: "accepted" }, request.accepted.length);
    events.inc({ outcome: "duplicate" }, request.duplicates);
    events.inc({ outcome: "rejected" }, rejected.length);
    events.inc({ outcome: "discarded" }, request.discarded);
    for (const { problem } of rejected) rejections.inc({ code: problem.code });
    for (const [type, count] of countBy(request.accepted, typeOf)) accepted.inc({ type }, count);
    requests.inc({ status, code });
    seconds.observe(durationMs / 1_000);
  };
}

/** A label costs prom-client more than an event costs this. */
function countBy(events: readonly ActivityEvent[], typeOf: (type: string) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { event_type } of events) {
    const type = typeOf(event_type);
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return counts;
}

function createTypeLabels(): (type: string) => string {
  const known = new Set<string>();
  return (type) => {
    if (known.has(type)) return type;
    if (known.size >= maxTypes) return "other";
    known.add(type);
    return type;
  };
}

// What is used of prom-client. Its types stay out of ours: who does not use it need not have it.

interface PromClient {
  readonly register: Registry;
  readonly Counter: MetricKind<Counter>;
  readonly Histogram: MetricKind<Histogram>;
}

interface Registry {
  getSingleMetric(name: string): object | undefined;
}

type MetricKind<M> = new (
  options: MetricShape & { readonly name: string; readonly registers: readonly Registry[] },
) => M;

interface MetricShape {
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly buckets?: readonly number[];
}

interface Counter {
  inc(labels: Readonly<Record<string, string | number>>, value?: number): void;
}

interface Histogram {
  observe(value: number): void;
}
