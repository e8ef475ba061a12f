import type { Client } from "@activity/sink-kafka";

const projects = ["prj_sales", "prj_ads", "prj_ops"];

/** One turn of the runtime's day, and what it has to say about it. */
export function work(activity: Client, turn: number): void {
  const project_id = projects[turn % projects.length] ?? "prj_sales";
  const project = activity.with({ organization_id: "org_acme", project_id, instance_id: `inst_${turn % 2}` });
  project.recordMetric("duckdb_estimated_size_bytes", 52_428_800 + turn * 4_096);
  project.recordMetric("duckdb_queue_latency_ms", (turn * 37) % 250, {
    queue: turn % 4 === 0 ? "long" : "short",
  });
  project.recordMetric("reconcile_elapsed_ms", 120 + ((turn * 53) % 900));
  if (turn % 5 === 0)
    project.record("billing", "project_prod_slots", {
      slots: 2 + (turn % 3),
      hour: new Date().toISOString().slice(0, 13),
    });
  if (turn % 7 === 0) project.record("log", "reconcile_done", { level: "info", models: turn % 11 });
  if (turn % 11 === 0)
    project.recordError(new Error("the source did not answer in time"), { connector: "s3" });
}
