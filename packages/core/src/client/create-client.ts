import type { AnyCatalog, OpenCatalog } from "../catalog/catalog-types.ts";
import { systemClock } from "../clock.ts";
import { eventNames } from "../constants/event-names.ts";
import { eventTypes } from "../constants/event-types.ts";
import { guardHandler, warnOnce } from "../errors/warn-once.ts";
import type { Attributes } from "../event/activity-event.ts";
import { parseEvent, parseEventText } from "../event/parse-event.ts";
import type { AttributeLayer } from "./attribute-layer.ts";
import { layerAttributes } from "./attribute-layer.ts";
import { checkClientOptions } from "./check-client-options.ts";
import type { Client, ClientOptions, ClientStats } from "./client.ts";
import { createRecorder } from "./recorder.ts";

/**
 * Makes a client.
 *
 * @throws INVALID_OPTION when an option is unusable.
 * @example
 * const activity = createClient({ service: { name: "admin-server" }, sink: consoleSink() });
 * activity.track("login_start", { method: "github" });
 */
export function createClient<const C extends AnyCatalog = OpenCatalog>(options: ClientOptions<C>): Client<C> {
  checkClientOptions(options);
  const { sink, service, isDev, installId, clock = systemClock } = options;
  const onProblem = guardHandler(options.onProblem ?? warnOnce());
  sink.onProblem ??= onProblem;
  const recorder = createRecorder(options, onProblem, clock);
  let closing: Promise<ClientStats> | undefined;

  const stats = (): ClientStats => ({ ...sink.stats(), ...recorder.counts });

  function withLayer(layer: AttributeLayer): LooseClient {
    if (layer.problems.length > 0) {
      onProblem({
        code: "altered",
        message: `attributes of the client were left out: ${layer.problems.join(", ").slice(0, 256)}`,
      });
    }
    const record = (type: string, name: string, attributes?: Attributes): void =>
      recorder.record({ layer, type, name, attributes });
    return {
      track: (name, attributes) => record(eventTypes.behavioral, name, attributes),
      record,
      recordMetric: (name, value, attributes) =>
        recorder.record({ layer, type: eventTypes.metric, name, attributes, extra: { value } }),
      recordError: (error, attributes) => {
        const described = describeError(error);
        recorder.record({
          layer,
          type: eventTypes.error,
          name: eventNames.error,
          attributes: described,
          extra: attributes,
        });
      },
      forward: (event) => {
        const { event: checked, problems = [] } =
          typeof event === "string" ? parseEventText(event) : parseEvent(event);
        if (checked) sink.record(checked);
        else recorder.refuse(problems);
        return problems;
      },
      with: (attributes) => withLayer(layerAttributes(layer.attributes, attributes)),
      withUser: (userId) => withLayer(layerAttributes(layer.attributes, { user_id: userId })),
      flush: (timeout) => sink.flush(timeout).then(stats),
      close: (timeout) => {
        if (closing === undefined) {
          recorder.close(layer);
          closing = sink.close(timeout).then(stats);
        }
        return closing;
      },
      stats,
    };
  }

  const own = {
    service_name: service?.name,
    service_version: service?.version,
    service_commit: service?.commit,
    is_dev: isDev,
    install_id: installId,
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

/** Whatever was thrown, as attributes. */
function describeError(thrown: unknown): Attributes {
  if (!(thrown instanceof Error))
    return {
      message: typeof thrown === "string" ? thrown : "a value that is not an Error was thrown",
      thrown,
    };
  const { name, message, stack, cause } = thrown;
  return { error_name: name, message, stack, cause };
}
