import { openActivity } from "../open-activity.ts";
import { writeUser } from "../user-file.ts";

/** Signs in. The user is looked up once and kept. */
export async function login(user: string): Promise<void> {
  const activity = openActivity();
  activity.track("login_start", { method: "browser" });
  writeUser(user);
  activity.withUser(user).track("login_success", { method: "browser" });
  console.log(`signed in as ${user}`);
  process.send?.(await activity.close()); // For whoever watches: the demo's view.
}
