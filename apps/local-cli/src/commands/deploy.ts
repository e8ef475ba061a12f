import { setTimeout as sleep } from "node:timers/promises";
import { openActivity } from "../open-activity.ts";

/** Deploys the project in this folder: a command that takes a while, and may be killed in the middle. */
export async function deploy(slowly: boolean): Promise<void> {
  const activity = openActivity();
  const startedMs = performance.now();
  activity.track("deploy_start", { project_id: "prj_sales" });
  for (const step of ["build", "upload", "migrate"])
    activity.record("log", "deploy_step", { level: "info", step });
  process.send?.(activity.stats()); // For whoever watches: the demo's view.
  console.log("half-way: built, uploaded, migrated");
  await sleep(slowly ? 30_000 : 50);
  activity.track("deploy_success", {
    project_id: "prj_sales",
    duration: Math.round(performance.now() - startedMs),
  });
  console.log("deployed");
  process.send?.(await activity.close());
}
