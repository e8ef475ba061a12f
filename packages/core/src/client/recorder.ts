import { eventNames } from "../constants/event-names.ts";
import { eventTypes } from "../constants/event-types.ts";
import { ActivityError } from "../errors/activity-error.ts";
import type { EventProblem, Problem, ProblemHandler } from "../errors/problem.ts";
import type { Attributes } from "../event/activity-event.ts";
import { brandEvent } from "../event/activity-event.ts";
import { checkField } from "../event/check-envelope.ts";
import type { EncodedAttributes } from "../event/encode-attributes.ts";
import { fitAttributes, joinEvent, markAlterations } from "../event/encode-event.ts";
import { encodeHead, findHead } from "../event/encode-head.ts";
import { checkAttributes, describeProblems } from "../event/event-problems.ts";
import { defaultLimits } from "../limits.ts";
import type { Clock } from "../ports/clock.ts";
import type { AttributeLayer } from "./attribute-layer.ts";
import { encodeOver } from "./attribute-layer.ts";
import { applyHook } from "./before-record.ts";
import type { ClientOptions } from "./client.ts";
import { createEventSource } from "./event-source.ts";

/** One call, as it came. */
export interface RecordCall {
  readonly layer: AttributeLayer;
  readonly type: string;
  readonly name: string;
  readonly attributes?: Attributes | undefined;
  /** Attributes that win over the call's own, such as a metric's `value`. */
  readonly extra?: Attributes | undefined;
}

/** The way of an event from a call to the sink, shared by a client and its children. */
export interface Recorder {
  readonly counts: { refused: number; filtered: number; sampledOut: number };
  /** Never throws, unless the client is strict. */
  record(call: RecordCall): void;
  refuse(problems: readonly EventProblem[], call?: RecordCall, cause?: unknown): void;
  /** Records `source_closed`; everything after it is refused. */
  close(layer: AttributeLayer): void;
}

/** Makes the recorder of a client. */
export function createRecorder(options: ClientOptions, onProblem: ProblemHandler, clock: Clock): Recorder {
  const { sink, strict, sample, catalog, isDev, context, beforeRecord, catalogCheck = "report" } = options;
  const maxBytes = options.maxEventBytes ?? defaultLimits.createdEventMaxBytes;
  const source = createEventSource(clock, options.createId);
  const counts = { refused: 0, filtered: 0, sampledOut: 0 };
  let closed = false;
  let swapTold = false;

  function tell(problem: Problem): void {
    if (strict) throw new ActivityError("INVALID_EVENT", problem.message, problem);
    onProblem(problem);
  }

  function refuse(problems: readonly EventProblem[], call?: RecordCall, cause?: unknown): void {
    counts.refused++;
    const why =
      describeProblems(problems) || (cause instanceof Error ? cause.message : "the client is closed");
    tell({ code: "refused", message: `an event was not recorded: ${why}`, problems, cause, ...about(call) });
  }

  /** The head of a pair seen for the first time; `undefined` when it is unusable and was refused. */
  function checkPair(call: RecordCall): string | undefined {
    const { type, name } = call;
    const problems = [checkField("event_type", type), checkField("event_name", name)].filter(
      (problem) => problem !== undefined,
    );
    if (problems.length > 0) return refuse(problems, call) as undefined;
    if (isDev && !swapTold && name in eventTypes && !(type in eventTypes)) {
      swapTold = true;
      tell({
        code: "swapped",
        message: `type "${type}" and name "${name}" look exchanged`.slice(0, 200),
        ...about(call),
      });
    }
    return encodeHead(type, name);
  }

  /** Whether the catalog lets the event pass; tells what it finds. */
  function fitsCatalog(call: RecordCall): boolean {
    const problems =
      catalogCheck === "off" ? none : (catalog?.check(call.type, call.name, call.attributes) ?? none);
    if (problems.length === 0) return true;
    if (catalogCheck === "refuse") {
      refuse(problems, call);
      return false;
    }
    tell({
      code: "off_catalog",
      message: `an event does not fit the catalog: ${describeProblems(problems)}`,
      problems,
      ...about(call),
    });
    return true;
  }

  function append(type: string, name: string, head: string, encoded: EncodedAttributes, time: string): void {
    const text = fitAttributes(head, markAlterations(encoded), maxBytes);
    // The number is given last: what was refused, filtered or sampled out takes none.
    const id = source.nextId();
    sink.record(brandEvent(joinEvent(id, time, head, text), id, time, type, name));
    if (text !== encoded.text) {
      tell({
        code: "altered",
        message: `attributes of ${name.slice(0, 64)} were left out or shortened`,
        eventType: type,
        eventName: name,
      });
    }
  }

  function record(call: RecordCall): void {
    const { layer, type, name, attributes } = call;
    if (closed) return refuse(none, call);
    const head = findHead(type, name) ?? checkPair(call);
    if (head === undefined) return;
    const unusable = checkAttributes(attributes);
    if (unusable) return refuse([unusable], call);
    const rate = typeof sample === "function" ? sample(type, name) : (sample ?? 1);
    if (rate < 1 && clock.random() >= rate) {
      counts.sampledOut++;
      return;
    }
    if (catalog && !fitsCatalog(call)) return;
    const encoded = encodeOver(layer, [
      context?.(),
      attributes,
      call.extra,
      rate < 1 ? { sample_rate: rate } : undefined,
    ]);
    const time = source.now();
    if (beforeRecord === undefined) return append(type, name, head, encoded, time);
    const left = applyHook(beforeRecord, { type, name, encoded }, time);
    if (left === null) counts.filtered++;
    else append(left.type, left.name, encodeHead(left.type, left.name), left.encoded, time);
  }

  return {
    counts,
    refuse,
    record: (call) => {
      try {
        record(call);
      } catch (cause) {
        if (strict) throw cause;
        refuse(none, call, cause);
      }
    },
    close: (layer) => {
      const last = source.last + 1;
      const { telemetry: type } = eventTypes;
      const { sourceClosed: name } = eventNames;
      if (last > 1) append(type, name, encodeHead(type, name), encodeOver(layer, [{ last }]), source.now());
      closed = true;
    },
  };
}

const none: readonly EventProblem[] & readonly string[] = [];

/** Which event a problem is about, as far as it can be said. */
function about(call: RecordCall | undefined): { readonly eventType?: string; readonly eventName?: string } {
  const { type, name } = call ?? {};
  return {
    ...(typeof type === "string" ? { eventType: type.slice(0, 64) } : {}),
    ...(typeof name === "string" ? { eventName: name.slice(0, 64) } : {}),
  };
}
