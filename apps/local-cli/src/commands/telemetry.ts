import { openActivity } from "../open-activity.ts";

/** Says what waits, or sends it. */
export async function telemetry(action = "status"): Promise<void> {
  if (action !== "status" && action !== "flush") {
    console.error(`${JSON.stringify(action)} is no telemetry command; these are: status, flush`);
    process.exitCode = 2;
    return;
  }
  const activity = openActivity();
  const { pending } = activity.stats();
  console.log(`${pending} event(s) wait on this machine`);
  if (action === "flush") {
    const { delivered } = await activity.flush({ timeoutMs: 5_000 });
    console.log(`${delivered} sent`);
  }
  await activity.close({ timeoutMs: action === "flush" ? 2_000 : 0 });
}
