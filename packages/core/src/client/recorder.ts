import { sourceClosed } from "../constants/event-names.ts";
import { eventTypes } from "../constants/event-types.ts";
import { ActivityError } from "../errors/activity-error.ts";
import type { EventProblem, Problem } from "../errors/problem.ts";
import type { Attributes } from "../event/activity-event.ts";
import { brandEvent } from "../event/activity-event.ts";
import { checkField, checkFields } from "../event/check-envelope.ts";
import { encodeCarefully } from "../event/encode-carefully.ts";
import { encodeHead, finishAttributes, surelyFitsEvent } from "../event/encode-event.ts";
import { checkAttributes, describeProblems } from "../event/event-problems.ts";
import type { AttributeLayer } from "./attribute-layer.ts";
import { encodeRest } from "./attribute-layer.ts";
import { applyHook } from "./before-record.ts";
import type { ClientOptions } from "./client.ts";
import { createEventSource } from "./event-source.ts";
import type { Head } from "./head-cache.ts";

/** One call, as it came. */
export interface RecordCall {
  readonly layer: AttributeLayer;
  readonly type: string;
  readonly name: string;
  readonly attributes?: Attributes | undefined;
  /** Attributes that win over the call's own, such as a metric's `value`. */
  readonly extra?: Attributes | undefined;
  /** Type and name are activity's own, not the catalog's to judge. */
  readonly offCatalog?: boolean;
}

/** The way of an event from a call to the sink, shared by a client and its children. */
export interface Recorder {
  readonly counts: { refused: number; filtered: number; sampledOut: number };
  /** Never throws, unless the client is strict. */
  record(call: RecordCall): void;
  refuse(problems: readonly EventProblem[], call?: Pick<RecordCall, "type" | "name">, cause?: unknown): void;
  /** Records `source_closed`; everything after it is refused. */
  close(layer: AttributeLayer): void;
}

/** The options of a client with every default in place. */
export interface RecorderOptions extends ClientOptions {
  readonly onProblem: NonNullable<ClientOptions["onProblem"]>;
  readonly clock: NonNullable<ClientOptions["clock"]>;
  readonly sample: NonNullable<ClientOptions["sample"]>;
  readonly maxEventBytes: number;
}

const noProblems: readonly EventProblem[] = [];

/** Makes the recorder of a client. */
export function createRecorder(options: RecorderOptions): Recorder {
  const { sink, strict, sample, catalog, context, beforeRecord, catalogCheck, clock, createId } = options;
  const source = createEventSource(clock, createId);
  const counts = { refused: 0, filtered: 0, sampledOut: 0 };
  let closed = false;
  let warnSwaps = options.isDev;

  function tell(code: Problem["code"], message: string, about: Omit<Problem, "code" | "message">): void {
    if (strict)
      throw new ActivityError(code === "off_catalog" ? "OFF_CATALOG" : "INVALID_EVENT", message, about);
    options.onProblem({ code, message, ...about });
  }

  function refuse(
    problems: readonly EventProblem[],
    call?: Pick<RecordCall, "type" | "name">,
    cause?: unknown,
  ): void {
    counts.refused++;
    const why = describeProblems(problems) || (closed ? "the client is closed" : String(cause));
    tell("refused", `an event was not recorded: ${why}`, { ...about(call), problems, cause });
  }

  /** The head of a pair that was not seen lately; `undefined` when it is unusable and was refused. */
  function checkedHead(call: RecordCall): Head | undefined {
    const { type, name } = call;
    const problems = checkFields({ event_type: type, event_name: name }, ["event_type", "event_name"]);
    if (problems.length > 0) {
      refuse(problems, call);
      return undefined;
    }
    if (warnSwaps && name in eventTypes && !(type in eventTypes)) {
      warnSwaps = false;
      tell("swapped", "type and name of an event look exchanged", about(call));
    }
    return call.layer.heads.add(type, name);
  }

  /** Whether the catalog lets the event pass; tells what it finds. */
  function fitsCatalog(call: RecordCall): boolean {
    if (!catalog || catalogCheck === "off" || call.offCatalog) return true;
    const problems = catalog.check(call.type, call.name, call.attributes);
    if (problems.length === 0) return true;
    if (catalogCheck === "refuse") refuse(problems, call);
    else
      tell("off_catalog", `an event is not in the catalog: ${describeProblems(problems)}`, {
        ...about(call),
        problems,
      });
    return catalogCheck !== "refuse";
  }

  /** Gives an event its number, last: what was refused, filtered or sampled out takes none. */
  function append(call: Pick<RecordCall, "type" | "name">, head: string, rest: string): void {
    const { time, text } = source.now();
    const id = source.nextId();
    const problem = createId && checkField("event_id", id);
    if (problem) return refuse([problem], call);
    const quoted = createId ? JSON.stringify(id) : `"${id}"`;
    sink.record(brandEvent(`{"event_id":${quoted}${text}${head}${rest}`, id, time, call.type, call.name));
  }

  function record(call: RecordCall): void {
    const { layer, type, name, attributes, extra } = call;
    if (closed) return refuse(noProblems, call);
    const head = layer.heads.find(type, name) ?? checkedHead(call);
    if (!head) return;
    const unusable = checkAttributes(attributes) ?? checkAttributes(extra);
    if (unusable) return refuse([unusable], call);
    const rate = typeof sample === "function" ? sample(type, name) : sample;
    const sampled = rate < 1;
    if (sampled && clock.random() >= rate) {
      counts.sampledOut++;
      return;
    }
    if (!fitsCatalog(call)) return;
    const several = context || extra || sampled;
    const dynamic = several
      ? [context?.(), attributes, extra, sampled ? { sample_rate: rate } : undefined]
      : [attributes];
    const rest = beforeRecord ? undefined : encodeRest(layer, dynamic);
    if (rest === "") append(call, head.alone, rest);
    else if (rest && surelyFitsEvent(head.joined, rest, options.maxEventBytes))
      append(call, head.joined, rest);
    else recordCarefully(call, dynamic);
  }

  /** For what needs a decision value by value, and for what the host's hook wants to see. */
  function recordCarefully(
    { layer, type, name }: RecordCall,
    dynamic: readonly (Attributes | undefined)[],
  ): void {
    const whole = { type, name, encoded: encodeCarefully([layer.attributes, ...dynamic]) };
    const event = beforeRecord ? applyHook(beforeRecord, whole, source.now().time) : whole;
    if (!event) {
      counts.filtered++;
      return;
    }
    const head = encodeHead(event.type, event.name);
    const text = finishAttributes(event.encoded, head, options.maxEventBytes);
    append(event, head, `${text}}`);
    if (text !== event.encoded.text)
      tell("altered", "attributes of an event were left out or shortened", about(event));
  }

  return {
    counts,
    refuse,
    record: (call) => {
      try {
        record(call);
      } catch (cause) {
        if (strict) throw cause;
        refuse(noProblems, call, cause);
      }
    },
    close: (layer) => {
      const last = source.last + 1;
      const event = { type: eventTypes.telemetry, name: sourceClosed };
      const { text } = encodeCarefully([layer.attributes, { last }]);
      if (last > 1) append(event, encodeHead(event.type, event.name), `${text}}`);
      closed = true;
    },
  };
}

/** Which event a problem is about. */
function about(
  call: Pick<RecordCall, "type" | "name"> | undefined,
): Pick<Problem, "eventType" | "eventName"> {
  return call ? { eventType: call.type, eventName: call.name } : {};
}
