import { sourceClosed } from "../constants/event-names.ts";
import type { KnownEventType } from "../constants/event-types.ts";
import { knownTypes } from "../constants/event-types.ts";
import type { ActivityEvent, Attributes } from "../event/activity-event.ts";
import { brandEvent } from "../event/activity-event.ts";
import { checkField } from "../event/check-envelope.ts";
import { checkLabel } from "../event/check-text.ts";
import { encodeCarefully } from "../event/encode-carefully.ts";
import { encodeHead, finishAttributes, surelyFitsEvent } from "../event/encode-event.ts";
import { checkAttributes } from "../event/event-problems.ts";
import { parseMembers } from "../event/parse-members.ts";
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
export class Recorder extends Teller<RecorderOptions> {
  readonly #source: EventSource;
  /** Keeps what engines compiled for events: a collection while none of them lives would throw it away. */
  readonly shape: ActivityEvent = brandEvent("", "", "", "", "");
  #warnSwaps: boolean | undefined;

  constructor(options: RecorderOptions) {
    super(options);
    this.#source = createEventSource(options.clock, options.createId);
    this.#warnSwaps = options.isDev;
  }

  record(call: RecordCall): void {
    try {
      this.#record(call);
    } catch (cause) {
      if (this.options.strict) throw cause;
      this.refuse({ cause, about: call });
    }
  }

  /** Gives an event made elsewhere to the sink. */
  pass(event: ActivityEvent): void {
    try {
      this.options.sink.record(event);
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
    let kept = layer.attributes;
    const end = (): HookedEvent => ({
      type: "telemetry" satisfies KnownEventType,
      name: sourceClosed,
      encoded: encodeCarefully([{ last }, kept, { last }]),
    });
    try {
      // Whatever a hook leaves out, or calls it, the end is told.
      if (this.options.beforeRecord) kept = parseMembers(this.#hooked(end())?.encoded.text ?? "");
    } catch {
      kept = {}; // What it was to take out may be there.
    }
    const event = end();
    try {
      this.#finish(event);
    } catch (cause) {
      this.refuse({ cause, about: event });
    }
  }

  #record(call: RecordCall): void {
    const { sample, clock, context, beforeRecord, maxEventBytes } = this.options;
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
    const event = this.#hooked({ type, name, encoded });
    if (!event) {
      this.counts.filtered++;
      return;
    }
    const text = this.#finish(event);
    if (text !== event.encoded.text) this.tellAltered(text, event);
  }

  /** What the host's hook leaves of an event. */
  #hooked(event: HookedEvent): HookedEvent | null {
    const { beforeRecord } = this.options;
    return beforeRecord ? applyHook(beforeRecord, event, this.#source.now().time) : event;
  }

  /** Appends an event that fits when its largest attributes have paid; returns what its attributes have become. */
  #finish(event: HookedEvent): string {
    const head = encodeHead(event.type, event.name);
    const text = finishAttributes(event.encoded, head, this.options.maxEventBytes);
    this.#append(event, head, `${text}}`);
    return text;
  }

  /** Gives an event its number, last: what was refused, filtered or sampled out takes none. */
  #append(event: EventLabel, head: string, rest: string): void {
    const { createId, sink } = this.options;
    const { time, text } = this.#source.now();
    const id = this.#source.nextId();
    const problem = createId && checkField("event_id", id);
    if (problem) return this.refuse({ problems: [problem], about: event });
    const whole = this.#source.opening + text + head + rest;
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
    if (this.#warnSwaps && knownTypes.test(name) && !knownTypes.test(type)) {
      this.#warnSwaps = false;
      this.tell("swapped", `type and name look swapped: ${type}, ${name}`, { about: call });
    }
    return call.layer.heads.add(type, name);
  }

  /** Whether the catalog lets the event pass; tells what it finds. */
  #fitsCatalog(call: RecordCall): boolean {
    const { catalog, catalogCheck } = this.options;
    if (!catalog || catalogCheck === "off" || call.offCatalog) return true;
    const problems = catalog.check(call.type, call.name, call.attributes);
    if (!problems[0]) return true;
    const finding = { problems, about: call };
    if (catalogCheck === "refuse") {
      this.refuse(finding);
      return false;
    }
    this.tell("off_catalog", "an event was not in the catalog", finding);
    return true;
  }
}
