export type { ProxyMetricsOptions } from "./proxy-metrics.ts";
export { proxyMetrics } from "./proxy-metrics.ts";
