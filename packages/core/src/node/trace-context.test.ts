import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { SpanContext } from "@opentelemetry/api";
import { context, ROOT_CONTEXT, TraceFlags, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { contextAttributes, runWithAttributes } from "./context-attributes.ts";
import { activeTraceIds } from "./trace-context.ts";

const apiKey = Symbol.for("opentelemetry.js.api.1");
const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";
const ids = { trace_id: traceId, span_id: spanId };

function inSpan<Result>(run: () => Result, ofSpan: Partial<SpanContext> = {}): Result {
  const spanContext = { traceId, spanId, traceFlags: TraceFlags.SAMPLED, ...ofSpan };
  return context.with(trace.setSpan(ROOT_CONTEXT, trace.wrapSpanContext(spanContext)), run);
}

describe("with OpenTelemetry's API and a context manager", () => {
  beforeEach(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
  afterEach(() => context.disable());

  it("finds the ids of the active span, across await", async () => {
    expect(inSpan(activeTraceIds)).toEqual(ids);
    expect(inSpan(activeTraceIds, { traceFlags: TraceFlags.NONE })).toEqual(ids);
    const later = async (): Promise<unknown> => {
      await new Promise((resolve) => setImmediate(resolve));
      return activeTraceIds();
    };
    expect(await inSpan(later)).toEqual(ids);
  });

  it("finds none outside a span", () => {
    expect(activeTraceIds()).toBeUndefined();
    expect(contextAttributes()).toBeUndefined();
  });

  it.each<Partial<SpanContext>>([
    { traceId: "0".repeat(32) },
    { spanId: "0".repeat(16) },
    { traceId: traceId.slice(1) },
    { spanId: `${spanId}0` },
    { traceId: "z".repeat(32) },
    { traceId: undefined as never },
    { spanId: 7 as never },
  ])("finds none in a span that is not valid: %j", (ofSpan) => {
    expect(inSpan(activeTraceIds, ofSpan)).toBeUndefined();
  });

  it("adds them to the attributes of the context", () => {
    expect(inSpan(contextAttributes)).toEqual(ids);
    expect(inSpan(() => runWithAttributes({ a: 1 }, contextAttributes))).toEqual({ a: 1, ...ids });
    expect(runWithAttributes({ a: 1 }, contextAttributes)).toEqual({ a: 1 });
  });

  it.each([{ trace_id: "own" }, { span_id: "own" }])("leaves ids alone that the context has: %j", (own) => {
    expect(inSpan(() => runWithAttributes(own, contextAttributes))).toEqual(own);
  });
});

describe("without a working OpenTelemetry", () => {
  const globals = globalThis as { [apiKey]?: unknown }; // Where the API registers itself.
  const registered = globals[apiKey];
  afterEach(() => {
    globals[apiKey] = registered;
  });

  const explode = (): never => {
    throw new Error("no");
  };
  const spanOf = (span: unknown): unknown => ({ context: { active: () => ({ getValue: () => span }) } });

  it.each<[string, unknown]>([
    ["no API", undefined],
    ["nothing registered", {}],
    ["no context manager", { version: "1.10.0" }],
    ["another layout", { context: { active: () => ({}) } }],
    ["a context manager without a context", { context: { active: () => undefined } }],
    ["a context manager that throws", { context: { active: explode } }],
    ["no span", spanOf(undefined)],
    ["a span of another kind", spanOf({})],
    ["a span without a context", spanOf({ spanContext: () => undefined })],
    ["a span that throws", spanOf({ spanContext: explode })],
    ["an API that is no object", 7],
    ["members that are no functions", { context: { active: 7 } }],
  ])("finds no ids: %s", (_, api) => {
    globals[apiKey] = api;
    expect(activeTraceIds()).toBeUndefined();
    expect(runWithAttributes({ a: 1 }, contextAttributes)).toEqual({ a: 1 });
  });
});
