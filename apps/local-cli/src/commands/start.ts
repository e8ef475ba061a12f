import { createLocalServer } from "../local-server.ts";
import { openActivity } from "../open-activity.ts";

/** Starts the local server and its page, until SIGTERM or Ctrl-C. */
export async function start(port: number): Promise<void> {
  const activity = openActivity({ longLived: true });
  const server = createLocalServer({
    activity,
    port,
    pageFolder: new URL("../../../local-ui/dist/", import.meta.url),
  });
  const address = new URL(await server.listen());
  activity.track("app_start", { connectors: "s3,postgres", olap_connector: "duckdb" });
  console.log(`acme listens on ${address.origin}`);
  const watch = setInterval(() => process.send?.(activity.stats()), 250); // For whoever watches: the demo's view.
  await new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, resolve);
  });
  clearInterval(watch);
  await server.close({ graceMs: 0 });
  const left = await activity.close();
  console.log(
    `acme stopped: ${left.delivered} of ${left.recorded + left.adopted} delivered, ${left.handedOver} wait for the next start`,
  );
}
