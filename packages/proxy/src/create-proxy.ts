import type { AnsweredProblem, Reason } from "@activity/core";
import { httpContract, receiptPrefix, systemClock } from "@activity/core";
import type { ProxyAnswer } from "./answer.ts";
import { acceptedAnswer, listProblems, Refusal, refusalAnswer, unavailable } from "./answer.ts";
import type { AnsweredRequest, RequestTrail } from "./answered-request.ts";
import { BodyMeter } from "./body-meter.ts";
import { checkEvents } from "./check-events.ts";
import { checkProxyOptions } from "./check-proxy-options.ts";
import { Deadlines } from "./deadlines.ts";
import { DedupeWindow } from "./dedupe-window.ts";
import type { EventFate } from "./event-writer.ts";
import { EventWriter } from "./event-writer.ts";
import { Gatekeeper } from "./gatekeeper.ts";
import { corsHeaders, preflightAnswer } from "./origin-policy.ts";
import type { Principal, ProxyLimits, ProxyOptions } from "./proxy-options.ts";
import { completeLimits, eventLimitsOf } from "./proxy-options.ts";
import type { ProxyProblemHandler } from "./proxy-problem.ts";
import { guardProblemHandler } from "./proxy-problem.ts";
import { codingsOf, readBody } from "./read-body.ts";
import type { ProxyRequest } from "./request.ts";
import { sliceBody } from "./slice-body.ts";
import type { SlicedBody } from "./sliced-body.ts";
import { readSentAt, textOf } from "./sliced-body.ts";
import { createStamper } from "./stamper.ts";
import type { WebRequest, WebResponse } from "./web-request.ts";
import { fromWebRequest, toWebResponse } from "./web-request.ts";

/** Takes requests of the HTTP contract and answers them. The path is the host's choice; it is not looked at. */
export interface EventProxy {
  /** Answers one request of any framework. Never rejects. */
  handle(request: ProxyRequest): Promise<ProxyAnswer>;
  /** Answers one request of the Fetch standard. Never rejects. */
  fetch(request: WebRequest): Promise<WebResponse>;
  /** From now on every request is answered with 503; those under way are finished. */
  drain(): void;
  /** Bodies' bytes that are held now. */
  readonly heldBytes: number;
  /** Ids that have been taken before this proxy began, so that their repeats are recognised. */
  remember(eventIds: Iterable<string>, tenant?: string): void;
}

/**
 * Makes a proxy: it checks every event of a request, writes the good ones to a sink, and answers when the
 * sink has confirmed them, honestly for every one. A repeat of an event is a success and is written once.
 *
 * @throws INVALID_OPTION for an option that is none or cannot be.
 */
export function createProxy<P extends Principal = Principal>(options: ProxyOptions<P>): EventProxy {
  checkProxyOptions(options);
  const pipeline = new Pipeline(options);
  // Hosts pass single functions on: none of them needs its object.
  return {
    handle: (request) => pipeline.handle(request),
    fetch: (request) => pipeline.fetch(request),
    drain: () => pipeline.drain(),
    remember: (eventIds, tenant) => pipeline.remember(eventIds, tenant),
    get heldBytes() {
      return pipeline.heldBytes;
    },
  };
}

class Pipeline<P extends Principal> implements EventProxy {
  readonly #options: ProxyOptions<P>;
  readonly #limits: ProxyLimits;
  readonly #tell: ProxyProblemHandler;
  readonly #gate: Gatekeeper<P>;
  readonly #meter: BodyMeter;
  readonly #deadlines: Deadlines;
  readonly #window: DedupeWindow | undefined;
  readonly #writer: EventWriter;

  constructor(options: ProxyOptions<P>) {
    const { sink, ack = "delivered", dedupe = {}, clock = systemClock } = options;
    this.#options = options;
    this.#limits = completeLimits(options.limits);
    this.#tell = guardProblemHandler(options.onProblem);
    this.#gate = new Gatekeeper(options, this.#tell);
    this.#meter = new BodyMeter(this.#limits.maxBytesInFlight);
    this.#deadlines = new Deadlines(clock, this.#limits.bodyTimeoutMs);
    this.#window = dedupe === false ? undefined : new DedupeWindow(dedupe, clock);
    this.#writer = new EventWriter({
      sink,
      ack,
      ackTimeoutMs: this.#limits.ackTimeoutMs,
      window: this.#window,
      clock,
      tell: this.#tell,
    });
  }

  get heldBytes(): number {
    return this.#meter.heldBytes;
  }

  async handle(request: ProxyRequest): Promise<ProxyAnswer> {
    const { clock = systemClock } = this.#options;
    const requestId = this.#requestId();
    const trail: RequestTrail<P> = {};
    const startedMs = clock.monotonic();
    let origin: string | undefined;
    let answer: ProxyAnswer;
    let refusal: Refusal["input"] | undefined;
    try {
      origin = this.#gate.allowedOrigin(request);
      answer = await this.#answer(request, { requestId, origin, trail });
    } catch (error) {
      refusal = this.#refusalOf(error);
      answer = refusalAnswer(refusal, requestId);
    }
    const { status } = answer;
    this.#report(trail, {
      requestId,
      status,
      code: refusal?.code,
      detail: refusal?.detail,
      durationMs: clock.monotonic() - startedMs,
    });
    return { ...answer, headers: { ...answer.headers, ...corsHeaders(origin) } };
  }

  async fetch(request: WebRequest): Promise<WebResponse> {
    return toWebResponse(await this.handle(fromWebRequest(request)));
  }

  drain(): void {
    this.#gate.drain();
  }

  remember(eventIds: Iterable<string>, tenant?: string): void {
    this.#window?.take(
      Array.from(eventIds, (id) => ({ event_id: id })),
      tenant,
    );
  }

  async #answer(request: ProxyRequest, context: AnswerContext<P>): Promise<ProxyAnswer> {
    const { requestId, origin, trail } = context;
    if (this.#gate.isPreflight(request)) return preflightAnswer();
    const { principal, consent, form } = await this.#gate.admit(request);
    trail.principal = principal;
    const account = this.#meter.open();
    try {
      const body = await readBody(request, { limits: this.#limits, deadlines: this.#deadlines, account });
      const sliced = sliceBody(body, form, { limits: this.#limits, decode: request.decodeUtf8 });
      if (!consent) trail.discarded = sliced.slices.length;
      const answer = consent
        ? await this.#take(sliced, { request, requestId, trail })
        : acceptedAnswer({ ...noneTaken, discarded: sliced.slices.length, request_id: requestId });
      return withReceipt(withCodings(answer, request), sliced, origin);
    } finally {
      account.release();
    }
  }

  async #take(sliced: SlicedBody, { request, requestId, trail }: TakeContext<P>): Promise<ProxyAnswer> {
    const { stamp = [], clock = systemClock } = this.#options;
    const { principal } = trail;
    const nowMs = clock.now();
    const sentAt = sliced.sentAt ?? readSentAt(request.header(httpContract.headers.sentAt));
    const stamper = createStamper({
      stamps: stamp,
      receivedAtMs: nowMs,
      sentAt,
      attributes: principal?.attributes,
      reservedKeys: this.#options.reservedKeys,
      limits: eventLimitsOf(this.#limits),
    });
    const { good, places, problems } = checkEvents(sliced.slices, { limits: this.#limits, nowMs, stamper });
    const { accepted, duplicates, exceptions } = await this.#writer.write(good, principal?.tenant);
    if (exceptions.length > 0) this.#throwIfOpen(exceptions, good.length);
    const refused = exceptions.map(({ at, fate }) =>
      sinkProblem(places[at] ?? 0, good[at]?.event_id, fate.reason),
    );
    const all =
      refused.length > 0 ? [...problems, ...refused].toSorted((a, b) => a.index - b.index) : problems;
    if (all.length > 0) {
      const [first] = all;
      const message = `${all.length} event(s) were rejected, the first as ${first?.code}: ${first?.detail}`;
      this.#tell({ code: "rejected", message, count: all.length });
      trail.rejected = all.map((problem) => ({ text: textOf(sliced.slices[problem.index]), problem }));
    }
    if (all.length === sliced.slices.length) throw noneValid(all);
    trail.accepted = accepted;
    trail.duplicates = duplicates;
    return acceptedAnswer({
      accepted: accepted.length,
      duplicates,
      rejected: all.length,
      discarded: 0,
      request_id: requestId,
      ...listProblems(all),
    });
  }

  /** The whole request is sent again where the sink left one event open; ids make that harmless. */
  #throwIfOpen(exceptions: readonly EventFate[], count: number): void {
    const open = exceptions.flatMap(({ fate }) => (fate.was === "open" ? [fate] : []));
    const [first] = open;
    if (first === undefined) return;
    const why = first.reason.detail ?? first.reason.code;
    const nothingTaken = open.length === count && open.every(({ taken }) => !taken);
    const detail = nothingTaken
      ? `the sink took nothing: ${why}`
      : `the sink did not confirm ${open.length} of ${count} event(s): ${why}; some may have been taken`;
    this.#tell({ code: "unavailable", message: detail });
    throw unavailable(nothingTaken ? "refused_by_sink" : "not_confirmed", detail, first.retryAfterMs);
  }

  #refusalOf(error: unknown): Refusal["input"] {
    if (error instanceof Refusal) {
      if (error.input.code === "body_consumed") this.#tell({ code: "misconfigured", message: error.message });
      return error.input;
    }
    this.#tell({ code: "failed", message: "a request could not be answered", cause: error });
    return { status: 500, code: "internal", detail: "the request could not be answered; send it again" };
  }

  #report(
    trail: RequestTrail<P>,
    known: Pick<AnsweredRequest<P>, "requestId" | "status" | "code" | "detail" | "durationMs">,
  ): void {
    const { onAnswer } = this.#options;
    if (onAnswer === undefined) return;
    const { principal, accepted = [], duplicates = 0, rejected = [], discarded = 0 } = trail;
    try {
      onAnswer({ ...known, principal, accepted, duplicates, rejected, discarded });
    } catch (cause) {
      this.#tell({ code: "failed", message: "onAnswer threw; the request was answered all the same", cause });
    }
  }

  #requestId(): string {
    const { clock = systemClock } = this.#options;
    const part = (): string => clock.random().toString(36).slice(2, 10).padEnd(8, "0");
    return `${part()}${part()}`;
  }
}

interface AnswerContext<P extends Principal> {
  readonly requestId: string;
  /** Of the page that sends, where it is allowed. */
  readonly origin: string | undefined;
  readonly trail: RequestTrail<P>;
}

interface TakeContext<P extends Principal> {
  readonly request: ProxyRequest;
  readonly requestId: string;
  readonly trail: RequestTrail<P>;
}

const noneTaken = { accepted: 0, duplicates: 0, rejected: 0 };

function sinkProblem(index: number, eventId: string | undefined, reason: Reason): AnsweredProblem {
  const { code, detail = "the sink refused the event for good" } = reason;
  return { index, ...(eventId === undefined ? {} : { event_id: eventId }), pointer: "", code, detail };
}

/** Tells a client that codes its bodies what else it might use. */
function withCodings(answer: ProxyAnswer, request: ProxyRequest): ProxyAnswer {
  if (request.header("content-encoding") === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, "accept-encoding": codingsOf(request) } };
}

/** A closing page cannot read its answer; the next one finds this cookie. */
function withReceipt(answer: ProxyAnswer, { batchId }: SlicedBody, origin: string | undefined): ProxyAnswer {
  if (batchId === undefined || origin === undefined) return answer;
  const { receiptMaxAgeSeconds } = httpContract;
  const secure = origin.startsWith("https:") ? "; Secure" : "";
  const cookie = `${receiptPrefix}${batchId}=1; Max-Age=${receiptMaxAgeSeconds}; SameSite=Strict; Path=/${secure}`;
  return { ...answer, headers: { ...answer.headers, "set-cookie": cookie } };
}

function noneValid(problems: readonly AnsweredProblem[]): Refusal {
  return new Refusal({
    status: httpContract.status.noneValid,
    code: "none_valid",
    detail: `none of ${problems.length} event(s) is valid`,
    members: listProblems(problems),
  });
}
