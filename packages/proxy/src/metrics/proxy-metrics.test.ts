import { afterEach, describe, expect, it } from "@jest/globals";
import * as client from "prom-client";
import { Gauge, Registry, register } from "prom-client";
import { eventText, startServer, stopServers } from "../../test/proxy-server.ts";
import { proxyMetrics } from "./index.ts";

afterEach(async () => {
  register.clear();
  await stopServers();
});

const typed = (id: string, type: string): string =>
  eventText(id).replace(/"event_type":"[^"]*"/, `"event_type":"${type}"`);

describe("proxyMetrics", () => {
  it("counts requests by answer, and events by fate, reason and type", async () => {
    const { post } = await startServer({ onAnswer: proxyMetrics() });
    await post(`${typed("a", "metric")}\n${typed("b", "billing")}\n${typed("a", "metric")}\n{}`);
    await post("nothing");
    const lines = (await register.metrics()).split("\n");
    for (const line of [
      'activity_proxy_events_total{outcome="accepted"} 2',
      'activity_proxy_events_total{outcome="duplicate"} 1',
      'activity_proxy_events_total{outcome="rejected"} 2',
      'activity_proxy_events_total{outcome="discarded"} 0',
      'activity_proxy_rejected_total{code="missing_field"} 1',
      'activity_proxy_rejected_total{code="bad_json"} 1',
      'activity_proxy_accepted_total{type="billing"} 1',
      'activity_proxy_requests_total{status="202",code=""} 1',
      'activity_proxy_requests_total{status="422",code="none_valid"} 1',
      "activity_proxy_request_seconds_count 2",
    ])
      expect(lines).toContain(line);
  });

  it("tells fifty types apart, and no more: they come from outside", async () => {
    const registry = new Registry();
    const { post } = await startServer({ onAnswer: proxyMetrics({ registry }) });
    await post(Array.from({ length: 60 }, (_, n) => typed(`t${n}`, `type-${n}`)).join("\n"));
    const lines = (await registry.metrics()).split("\n").filter((line) => /accepted_total\{/.test(line));
    expect(lines).toHaveLength(51);
    expect(lines).toContain('activity_proxy_accepted_total{type="other"} 10');
    expect(await register.metrics()).not.toContain("activity_proxy");
  });

  it("lets several proxies count together, under names of the host's choice", async () => {
    const registry = new Registry();
    for (const n of [1, 2]) {
      const { post } = await startServer({ onAnswer: proxyMetrics({ registry, prefix: "shop_" }) });
      await post(eventText(n));
    }
    expect(await registry.metrics()).toContain('shop_events_total{outcome="accepted"} 2');
  });

  it("takes the package that a bundled server brings", async () => {
    const registry = new Registry();
    const { post } = await startServer({ onAnswer: proxyMetrics({ client, registry }) });
    await post(eventText(1));
    expect(await registry.metrics()).toContain('activity_proxy_events_total{outcome="accepted"} 1');
  });

  it("refuses a registry in which a name means something else", () => {
    const registry = new Registry();
    new Gauge({ name: "activity_proxy_events_total", help: "mine", registers: [registry] });
    expect(() => proxyMetrics({ registry })).toThrow("another kind of metric as activity_proxy_events_total");
  });
});
