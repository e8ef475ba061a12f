import { sourceClosed } from "../constants/event-names.ts";
import { eventTypes } from "../constants/event-types.ts";
import type { ActivityEvent, Attributes } from "../event/activity-event.ts";
import { brandEvent } from "../event/activity-event.ts";
import { checkField } from "../event/check-envelope.ts";
import { checkLabel } from "../event/check-text.ts";
import { encodeCarefully } from "../event/encode-carefully.ts";
import { encodeHead, finishAttributes, surelyFitsEvent } from "../event/encode-event.ts";
import { checkAttributes, describeProblems } from "../event/event-problems.ts";
import type { AttributeLayer } from "./attribute-layer.ts";
import { encodeRest } from "./attribute-layer.ts";
import type { HookedEvent } from "./before-record.ts";
import { applyHook } from "./before-record.ts";
import type { ClientOptions } from "./client.ts";
import type { EventSource } from "./event-source.ts";
import { createEventSource } from "./event-source.ts";
import type { EventLabel } from "./teller.ts";
import { Teller } from "./teller.ts";

/** One call, as it came. */
export interface RecordCall extends EventLabel {
  readonly layer: AttributeLayer;
  readonly attributes?: Attributes | undefined;
  /** Attributes that win over the call's own, such as a metric's `value`. */
  readonly extra?: Attributes | undefined;
  /** Type and name are activity's own, not the catalog's to judge. */
  readonly offCatalog?: boolean;
}

/** The options of a client with every default in place. */
export interface RecorderOptions extends ClientOptions {
  readonly onProblem: NonNullable<ClientOptions["onProblem"]>;
  readonly clock: NonNullable<ClientOptions["clock"]>;
  readonly sample: NonNullable<ClientOptions["sample"]>;
  readonly maxEventBytes: number;
}

/** The way of an event from a call to the sink, shared by a client and its children. Nothing throws, unless the client is strict. */
export class Recorder extends Teller {
  readonly #options: RecorderOptions;
  readonly #source: EventSource;
  /** Keeps what engines compiled for events: a collection while none of them lives would throw it away. */
  readonly shape: ActivityEvent = brandEvent("", "", "", "", "");
  #warnSwaps: boolean | undefined;

  constructor(options: RecorderOptions) {
    super(options);
    this.#options = options;
    this.#source = createEventSource(options.clock, options.createId);
    this.#warnSwaps = options.isDev;
  }

  record(call: RecordCall): void {
    try {
      this.#record(call);
    } catch (cause) {
      if (this.#options.strict) throw cause;
      this.refuse({ cause, about: call });
    }
  }

  /** Gives an event made elsewhere to the sink. */
  pass(event: ActivityEvent): void {
    try {
      this.#options.sink.record(event);
    } catch (cause) {
      this.refuse({ cause, about: { type: event.event_type, name: event.event_name } });
    }
  }

  /** Records `source_closed`; everything after it is refused. */
  close(layer: AttributeLayer): void {
    if (this.closed) return;
    this.closed = true;
    const last = this.#source.last + 1;
    if (last === 1) return;
    // A hook may be there to take out what the client puts on every event, and does not see this one.
    const kept = this.#options.beforeRecord ? {} : layer.attributes;
    const encoded = encodeCarefully([{ last }, kept, { last }]);
    const event = { type: eventTypes.telemetry, name: sourceClosed, encoded };
    try {
      this.#finish(event);
    } catch (cause) {
      this.refuse({ cause, about: event });
    }
  }

  #record(call: RecordCall): void {
    const { sample, clock, context, beforeRecord, maxEventBytes } = this.#options;
    const { layer, type, name, attributes, extra } = call;
    if (this.closed) return this.refuse({ about: call });
    const head = layer.heads.find(type, name) ?? this.#checkedHead(call);
    if (!head) return;
    const unusable = checkAttributes(attributes) ?? checkAttributes(extra);
    if (unusable) return this.refuse({ problems: [unusable], about: call });
    const rate = typeof sample === "function" ? sample(type, name) : sample;
    const sampled = rate < 1;
    if (sampled && clock.random() >= rate) {
      this.counts.sampledOut++;
      return;
    }
    if (!this.#fitsCatalog(call)) return;
    const several = context || extra || sampled;
    const dynamic = several
      ? [context?.(), attributes, extra, sampled ? { sample_rate: rate } : undefined]
      : [attributes];
    const rest = beforeRecord ? undefined : encodeRest(layer, dynamic);
    const before = rest === "}" ? head.slice(0, -1) : head;
    if (rest !== undefined && surelyFitsEvent(before, rest, maxEventBytes)) this.#append(call, before, rest);
    else this.#recordCarefully(call, dynamic);
  }

  /** For what needs a decision value by value, and for what the host's hook wants to see. */
  #recordCarefully({ layer, type, name }: RecordCall, dynamic: readonly (Attributes | undefined)[]): void {
    // What is said first has its place when there are too many: a metric's value, a sampling rate.
    const encoded = encodeCarefully([...dynamic.slice(2), layer.attributes, ...dynamic]);
    const whole = { type, name, encoded };
    const { beforeRecord } = this.#options;
    const event = beforeRecord ? applyHook(beforeRecord, whole, this.#source.now().time) : whole;
    if (!event) {
      this.counts.filtered++;
      return;
    }
    if (this.#finish(event) !== event.encoded.text)
      this.tell("altered", "attributes of an event were left out or shortened", { about: event });
  }

  /** Appends an event that fits when its largest attributes have paid; returns what its attributes have become. */
  #finish(event: HookedEvent): string {
    const head = encodeHead(event.type, event.name);
    const text = finishAttributes(event.encoded, head, this.#options.maxEventBytes);
    this.#append(event, head, `${text}}`);
    return text;
  }

  /** Gives an event its number, last: what was refused, filtered or sampled out takes none. */
  #append(event: EventLabel, head: string, rest: string): void {
    const { createId, sink } = this.#options;
    const { time, text } = this.#source.now();
    const id = this.#source.nextId();
    const problem = createId && checkField("event_id", id);
    if (problem) return this.refuse({ problems: [problem], about: event });
    const opening = createId ? JSON.stringify({ event_id: id }).slice(0, -2) : this.#source.opening;
    const whole = opening + text + head + rest;
    const numbers = createId ? undefined : this.#source;
    sink.record(brandEvent(whole, id, time, event.type, event.name, numbers));
  }

  /** The head of a pair that was not seen lately; `undefined` when it is unusable and was refused. */
  #checkedHead(call: RecordCall): string | undefined {
    const { type, name } = call;
    const problems = [checkLabel("event_type", type) ?? [], checkLabel("event_name", name) ?? []].flat();
    if (problems[0]) {
      this.refuse({ problems, about: call });
      return undefined;
    }
    if (this.#warnSwaps && Object.hasOwn(eventTypes, name) && !Object.hasOwn(eventTypes, type)) {
      this.#warnSwaps = false;
      this.tell("swapped", "type and name of an event look swapped", { about: call });
    }
    return call.layer.heads.add(type, name);
  }

  /** Whether the catalog lets the event pass; tells what it finds. */
  #fitsCatalog(call: RecordCall): boolean {
    const { catalog, catalogCheck } = this.#options;
    if (!catalog || catalogCheck === "off" || call.offCatalog) return true;
    const problems = catalog.check(call.type, call.name, call.attributes);
    if (problems.length === 0) return true;
    if (catalogCheck === "refuse") {
      this.refuse({ problems, about: call });
      return false;
    }
    const why = describeProblems(problems);
    this.tell("off_catalog", `an event is not in the catalog: ${why}`, { problems, about: call });
    return true;
  }
}
