import { describe, expect, it } from "@jest/globals";
import { eventTypes } from "../constants/event-types.ts";
import { importances } from "../ports/store.ts";
import { importanceOf } from "./importance-of.ts";

describe("importanceOf", () => {
  it("puts billing before error, behavioral, log, active and metric", () => {
    const { billing, error, behavioral, log, active, metric } = eventTypes;
    expect([billing, error, behavioral, log, active, metric].map(importanceOf)).toEqual([5, 4, 3, 2, 1, 0]);
  });

  it("counts activity's own events like billing", () => {
    expect(importanceOf("telemetry")).toBe(importances.billing);
  });

  it.each(["app.custom", "kept", "constructor", "__proto__", ""])("counts %j as behavioral", (type) => {
    expect(importanceOf(type)).toBe(importances.behavioral);
  });
});
