import vm from "node:vm";
import { describe, expect, it } from "@jest/globals";
import type { Problem } from "../errors/problem.ts";
import { memorySink } from "../sinks/memory-sink.ts";
import { createClient } from "./create-client.ts";

function recorded(error: unknown, attributes?: Record<string, unknown>) {
  const sink = memorySink();
  const problems: Problem[] = [];
  createClient({ sink, onProblem: (problem) => problems.push(problem) }).recordError(error, attributes);
  expect(sink.events).toHaveLength(1);
  const [{ event_id: _id, event_time: _time, event_type, event_name, ...rest } = { event_type: "" }] =
    sink.events;
  expect([event_type, event_name]).toEqual(["error", "error"]);
  return { rest, problems };
}

describe("recordError", () => {
  it("keeps name, message, stack and cause", () => {
    const error = new TypeError("outer", { cause: new Error("inner") });
    expect(recorded(error)).toEqual({
      rest: {
        error_name: "TypeError",
        message: "outer",
        stack: error.stack,
        cause: { name: "Error", message: "inner", stack: expect.any(String) },
      },
      problems: [],
    });
  });

  it("keeps the code and the errors behind an error of Node that has no message", () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED ::1:1"), { code: "ECONNREFUSED" });
    const error = Object.assign(new AggregateError([refused], ""), { code: "ECONNREFUSED" });
    expect(recorded(error).rest).toMatchObject({
      error_name: "AggregateError",
      message: "",
      code: "ECONNREFUSED",
      errors: [{ message: "connect ECONNREFUSED ::1:1", code: "ECONNREFUSED" }],
    });
  });

  it("knows errors of another realm", () => {
    expect(recorded(vm.runInNewContext('new RangeError("far")')).rest).toMatchObject({
      error_name: "RangeError",
      message: "far",
    });
  });

  it("keeps attributes of the call, which win", () => {
    expect(recorded(new Error("a"), { message: "mine", page: "/x" }).rest).toMatchObject({
      error_name: "Error",
      message: "mine",
      page: "/x",
    });
  });

  it.each<[string, unknown, object]>([
    ["a text", "oops", { message: "oops", thrown: "oops" }],
    ["null", null, { message: "what was thrown is no error", thrown: null }],
    ["undefined", undefined, { message: "what was thrown is no error" }],
    ["a number", 7, { message: "what was thrown is no error", thrown: 7 }],
    ["an object", { status: 404 }, { message: "what was thrown is no error", thrown: { status: 404 } }],
    ["a symbol", Symbol("s"), { message: "what was thrown is no error" }],
    ["a BigInt", 1n, { message: "what was thrown is no error", thrown: "1" }],
  ])("takes whatever was thrown: %s", (_, thrown, json) => {
    expect(recorded(thrown)).toEqual({ rest: json, problems: [] });
  });

  it("never throws for an error that cannot be read", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(recorded(proxy).rest).toEqual({ message: "an error that cannot be read was thrown" });
    const closed = Object.defineProperty(new Error("a"), "stack", {
      get: () => {
        throw new Error("no");
      },
    });
    expect(recorded(closed).rest).toEqual({ message: "an error that cannot be read was thrown" });
  });

  it("keeps the rest of an error that is its own cause", () => {
    const error = new Error("round");
    error.cause = error;
    expect(recorded(error).rest).toMatchObject({
      error_name: "Error",
      message: "round",
      encoding_problems: ["cause"],
    });
  });
});
