/** The ids of a trace and its active span (W3C Trace Context, lower-case hex). */
export interface TraceIds {
  readonly trace_id: string;
  readonly span_id: string;
}

/** Where OpenTelemetry's API, in every 1.x, keeps what was registered with it, and the active span in a context. */
const apiKey = Symbol.for("opentelemetry.js.api.1");
const spanKey = Symbol.for("OpenTelemetry Context Key SPAN");

/** The parts of the API that are used, each of which may be missing. */
interface OpenTelemetryApi {
  readonly context?: { active?(): { getValue?(key: symbol): Span | undefined } | undefined };
}

interface Span {
  spanContext?(): { readonly traceId?: unknown; readonly spanId?: unknown } | undefined;
}

const validTraceId = /^(?!0+$)[0-9a-f]{32}$/;
const validSpanId = /^(?!0+$)[0-9a-f]{16}$/;

/**
 * The ids of the active span, when OpenTelemetry's API is loaded, has a context manager, and a span with a valid
 * context is active. Looked up through the global symbol registry: there is no dependency on OpenTelemetry.
 */
export function activeTraceIds(): TraceIds | undefined {
  try {
    const api = (globalThis as { [apiKey]?: OpenTelemetryApi })[apiKey]; // The API's own layout, checked step by step.
    const span = api?.context?.active?.()?.getValue?.(spanKey)?.spanContext?.();
    const { traceId, spanId } = span ?? {};
    if (typeof traceId !== "string" || typeof spanId !== "string") return undefined;
    return validTraceId.test(traceId) && validSpanId.test(spanId)
      ? { trace_id: traceId, span_id: spanId }
      : undefined;
  } catch {
    return undefined; // A tracer that throws must not cost an event.
  }
}
