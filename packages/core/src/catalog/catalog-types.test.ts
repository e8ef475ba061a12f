import { describe, expect, it } from "@jest/globals";
import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import * as v from "valibot";
import type { AnyCatalog, AttributesArgs, NameOf, OpenCatalog, RecordArgs, TypeOf } from "./catalog-types.ts";
import { defineCatalog } from "./define-catalog.ts";
import type { StandardSchema } from "./standard-schema.ts";

/** The methods of a client that a catalog types, as the client declares them. */
interface TypedClient<C extends AnyCatalog = OpenCatalog> {
  track<N extends NameOf<C, "behavioral">>(name: N, ...args: AttributesArgs<C, "behavioral", N>): void;
  record<T extends TypeOf<C>, N extends NameOf<C, T>>(type: T, name: N, ...args: RecordArgs<C, T, N>): void;
  recordMetric<N extends NameOf<C, "metric">>(
    name: N,
    value: number,
    ...args: AttributesArgs<C, "metric", N>
  ): void;
}

const catalog = defineCatalog(
  {
    behavioral: {
      login_start: v.object({ method: v.picklist(["github", "google"]) }),
      login_success: v.object({ method: v.picklist(["github", "google"]), took_ms: v.optional(v.number()) }),
      deploy_start: null,
      page_view: v.object({ title: v.optional(v.string()) }),
    },
    metric: { queue_latency_ms: v.object({ queue: v.string() }), uptime_s: null },
    error: { source_error: v.object({ source: v.string() }) },
  },
  { open: ["log", "error"] },
);

/** Takes calls and does nothing: what matters here is whether they compile. */
const nothing = { track: () => {}, record: () => {}, recordMetric: () => {} };
const closed: TypedClient<typeof catalog> = nothing;
const open: TypedClient = nothing;

describe("a client with a catalog, at compile time", () => {
  it("accepts what the catalog defines", () => {
    closed.track("login_start", { method: "github" });
    closed.track("login_success", { method: "google", took_ms: 12 });
    closed.track("deploy_start");
    closed.track("page_view");
    closed.track("page_view", {});
    closed.track("page_view", { title: "Home" });
    closed.record("behavioral", "login_start", { method: "github" });
    closed.record("metric", "queue_latency_ms", { value: 3, queue: "a" });
    closed.record("metric", "uptime_s", { value: 3 });
    closed.recordMetric("queue_latency_ms", 3, { queue: "a" });
    closed.recordMetric("uptime_s", 3);
    expect(catalog.open).toEqual(["log", "error"]);
  });

  it("accepts anything for an open type, and checks what is defined there all the same", () => {
    closed.record("log", "anything");
    closed.record("log", "anything", { any: "attribute" });
    closed.record("error", "not_defined", { any: "attribute" });
    closed.record("error", "source_error", { source: "s3" });
    // @ts-expect-error wrong attribute type of a defined event of an open type
    closed.record("error", "source_error", { source: 3 });
    // @ts-expect-error missing attributes of a defined event of an open type
    closed.record("error", "source_error");
  });

  it("refuses typos", () => {
    // @ts-expect-error typo in the name
    closed.track("login_strat", { method: "github" });
    // @ts-expect-error typo in the type
    closed.record("behavorial", "login_start", { method: "github" });
    // @ts-expect-error typo in the name
    closed.record("behavioral", "login_strat", { method: "github" });
    // @ts-expect-error typo in a metric's name
    closed.recordMetric("queue_latency", 3, { queue: "a" });
    // @ts-expect-error typo in an attribute's name
    closed.track("login_start", { metod: "github" });
  });

  it("refuses swapped arguments and wrong pairs of type and name", () => {
    // @ts-expect-error type and name swapped
    closed.record("login_start", "behavioral", { method: "github" });
    // @ts-expect-error a name of another type
    closed.record("metric", "login_start", { method: "github" });
    // @ts-expect-error a name of another type
    closed.track("queue_latency_ms", { queue: "a" });
    // @ts-expect-error name and attributes swapped
    closed.track({ method: "github" }, "login_start");
    // @ts-expect-error value and attributes swapped
    closed.recordMetric("queue_latency_ms", { queue: "a" }, 3);
  });

  it("refuses wrong, missing and unknown attributes", () => {
    // @ts-expect-error wrong attribute type
    closed.track("login_start", { method: 3 });
    // @ts-expect-error wrong literal
    closed.track("login_start", { method: "gitlab" });
    // @ts-expect-error missing attribute
    closed.track("login_start", {});
    // @ts-expect-error missing attributes
    closed.track("login_start");
    // @ts-expect-error unknown attribute beside a known one
    closed.track("login_start", { method: "github", extra: 1 });
    // @ts-expect-error unknown attribute beside optional ones
    closed.track("page_view", { extra: 1 });
    // @ts-expect-error a metric recorded without its value
    closed.record("metric", "queue_latency_ms", { queue: "a" });
    // @ts-expect-error the value of a metric is no attribute of recordMetric
    closed.recordMetric("queue_latency_ms", 3, { value: 3, queue: "a" });
  });

  it("refuses attributes where an event has none", () => {
    // @ts-expect-error attributes of an event without attributes
    closed.track("deploy_start", { method: "github" });
    // @ts-expect-error not even an empty object
    closed.track("deploy_start", {});
    // @ts-expect-error attributes of a metric without attributes
    closed.recordMetric("uptime_s", 3, { queue: "a" });
    // @ts-expect-error the value alone is allowed
    closed.record("metric", "uptime_s", { value: 3, queue: "a" });
  });

  it("asks of a name known only in part what fits every possibility", () => {
    const login = "login_start" as "login_start" | "login_success";
    closed.track(login, { method: "github" });
    const mixed = "login_start" as "login_start" | "deploy_start";
    // @ts-expect-error one has attributes, the other none
    closed.track(mixed, { method: "github" });
    // @ts-expect-error one has attributes, the other none
    closed.track(mixed);
    const type = "behavioral" as "behavioral" | "metric";
    // @ts-expect-error no name is common to both types
    closed.record(type, "login_start", { method: "github" });
    const anyName = "login_start" as string;
    // @ts-expect-error any text
    closed.track(anyName);
    closed.record("log", anyName);
  });

  it("knows nothing of types that are neither defined nor open", () => {
    const onlyMetrics = defineCatalog({ metric: { uptime_s: null } });
    const client: TypedClient<typeof onlyMetrics> = nothing;
    client.recordMetric("uptime_s", 1);
    // @ts-expect-error the catalog has no behavioral events
    client.track("login_start");
    // @ts-expect-error the catalog has no open types
    client.record("log", "line");
    expect(onlyMetrics.open).toEqual([]);
  });
});

describe("a client without a catalog, at compile time", () => {
  it("accepts every type, name and attribute", () => {
    open.track("anything", { any: "attribute" });
    open.track("anything");
    open.record("behavioral", "anything");
    open.record("my_own_type", "anything", { any: ["attribute"] });
    open.recordMetric("anything", 3, { any: "attribute" });
    open.recordMetric("anything", 3);
    const name: string = "known at run time only";
    open.track(name, { any: "attribute" });
    // @ts-expect-error attributes are an object
    open.track("anything", "attribute");
    expect(name).toBeDefined();
  });
});

describe("the names that editors offer", () => {
  it("are the literal ones", () => {
    const types: Exactly<TypeOf<typeof catalog>, "behavioral" | "metric" | "error" | "log"> = true;
    const names: Exactly<NameOf<typeof catalog, "metric">, "queue_latency_ms" | "uptime_s"> = true;
    const none: Exactly<NameOf<typeof catalog, "active">, never> = true;
    expect([types, names, none]).toEqual([true, true, true]);
  });
});

describe("defineCatalog, at compile time", () => {
  it("refuses schemas of anything but objects", () => {
    // @ts-expect-error attributes are an object
    expect(defineCatalog({ log: { line: v.string() } }).open).toEqual([]);
    // @ts-expect-error attributes are there or the event has none: `null`
    expect(defineCatalog({ log: { line: v.optional(v.object({})) } }).open).toEqual([]);
  });

  it("accepts Standard Schema as its specification and other libraries declare it", () => {
    const specified: StandardSchemaV1<{ a: string }, { a: string }> = v.object({ a: v.string() });
    const accepted: StandardSchema<{ a: string }> = specified;
    const described: StandardSchema<{ a: string }> = new ClassSchema({ a: "" });
    const mixed = defineCatalog({ log: { specified, described: new ClassSchema({ a: "" }) } });
    const client: TypedClient<typeof mixed> = nothing;
    client.record("log", "specified", { a: "text" });
    client.record("log", "described", { a: "text" });
    // @ts-expect-error wrong attribute type
    client.record("log", "specified", { a: 1 });
    // @ts-expect-error wrong attribute type
    client.record("log", "described", { a: 1 });
    expect([accepted, described].map((schema) => schema["~standard"].vendor)).toEqual(["valibot", "class"]);
  });
});

/** A schema in the manner of zod: a class whose types stand in its standard properties, with both of the standards. */
class ClassSchema<T> {
  readonly example: T;
  readonly "~standard": StandardSchemaV1.Props<T, T> & StandardJSONSchemaV1.Props<T, T> = {
    version: 1,
    vendor: "class",
    validate: () => ({ issues: [] }),
    jsonSchema: { input: () => ({}), output: () => ({}) },
  };

  constructor(example: T) {
    this.example = example;
  }
}

type Exactly<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
