import type { AnyCatalog, OpenCatalog } from "../catalog/catalog-types.ts";
import { wallClock } from "../clock.ts";
import { invalidOption } from "../errors/invalid-option.ts";
import { guardHandler, warnOnce } from "../errors/warn-once.ts";
import type { Attributes } from "../event/activity-event.ts";
import { describeError } from "../event/describe-error.ts";
import { parseEvent, parseEventText } from "../event/parse-event.ts";
import { createdEventMaxBytes, createdEventMinBytes } from "../limits.ts";
import type { AttributeLayer } from "./attribute-layer.ts";
import { layerAttributes } from "./attribute-layer.ts";
import type { Client, ClientOptions, ClientStats } from "./client.ts";
import { Recorder } from "./recorder.ts";

/**
 * Makes a client.
 *
 * @throws INVALID_OPTION when an option is unusable.
 * @example
 * const activity = createClient({ service: { name: "admin-server" }, sink: consoleSink() });
 * activity.track("login_start", { method: "github" });
 */
export function createClient<const C extends AnyCatalog = OpenCatalog>(options: ClientOptions<C>): Client<C> {
  const { sink, sample = 1, maxEventBytes = createdEventMaxBytes, service, clock = wallClock } = options;
  if (typeof sink?.record !== "function") throw invalidOption("sink", sink, "a sink");
  if (typeof sample !== "function" && !(sample > 0 && sample <= 1))
    throw invalidOption("sample", sample, "in (0, 1]");
  if (!(maxEventBytes >= createdEventMinBytes))
    throw invalidOption("maxEventBytes", maxEventBytes, `${createdEventMinBytes} or more`);
  const onProblem = guardHandler(options.onProblem ?? warnOnce());
  sink.onProblem ??= onProblem;
  const recorder = new Recorder({ ...options, onProblem, clock, sample, maxEventBytes });
  let closing: Promise<ClientStats> | undefined;

  const stats = (): ClientStats => ({ ...sink.stats(), ...recorder.counts });

  function withLayer(layer: AttributeLayer): LooseClient {
    if (layer.marks) recorder.tellAltered(layer.marks);
    const record: LooseClient["record"] = (type, name, attributes) =>
      recorder.record({ layer, type, name, attributes });
    const child = (attributes: Attributes): LooseClient =>
      withLayer(layerAttributes(layer.attributes, attributes));
    return {
      track: (name, attributes) => record("behavioral", name, attributes),
      record,
      recordMetric: (name, value, attributes) =>
        recorder.record({ layer, type: "metric", name, attributes, extra: { value } }),
      recordError: (error, attributes) =>
        recorder.record({
          layer,
          type: "error",
          name: "error",
          attributes: describeError(error),
          extra: attributes,
          offCatalog: true,
        }),
      forward: (event) => {
        const parsed = typeof event === "string" ? parseEventText(event) : parseEvent(event);
        if (parsed.event) recorder.pass(parsed.event);
        else recorder.refuse({ problems: parsed.problems });
        return parsed.problems ?? [];
      },
      with: child,
      withUser: (user_id) => child({ user_id }),
      flush: (timeout) => sink.flush(timeout).then(stats),
      close: (timeout) => {
        recorder.close(layer);
        closing ??= sink.close(timeout).then(stats);
        return closing;
      },
      stats,
    };
  }

  const own = {
    service_name: service?.name,
    service_version: service?.version,
    service_commit: service?.commit,
    is_dev: options.isDev,
    install_id: options.installId,
  };
  return withLayer(layerAttributes(own, options.attributes)) as unknown as Client<C>; // The catalog narrows what may be asked for, nothing else.
}

/** A client before a catalog narrows it. */
interface LooseClient extends Omit<Client, "track" | "record" | "recordMetric" | "with" | "withUser"> {
  track(name: string, attributes?: Attributes): void;
  record(type: string, name: string, attributes?: Attributes): void;
  recordMetric(name: string, value: number, attributes?: Attributes): void;
  with(attributes: Attributes): LooseClient;
  withUser(userId: string): LooseClient;
}
