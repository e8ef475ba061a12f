/** A command of its own: records events and ends as it was told. Prints its last ledger where it closes. */
import { createCliClient } from "../src/index.ts";

const [url = "", count = "0", end = "close"] = process.argv.slice(2);
const activity = createCliClient({ app: "shop", version: "1.4.0", intake: { url, writeKey: "wk_1" } });
for (let n = 1; n <= Number(count); n++) {
  if (n % 3 === 0) activity.recordMetric("cart_value", n);
  else activity.track("checkout_start", { n, process: `pid=${process.pid}` });
}
if (end === "kill") process.kill(process.pid, "SIGKILL");
if (end === "exit") process.exit(0);
if (end === "kill when asked") setInterval(() => undefined, 60_000);
if (end === "close") {
  const begun = performance.now();
  const { SHOP_CLOSE_MS: timeoutMs } = process.env;
  const stats = await activity.close(timeoutMs === undefined ? {} : { timeoutMs: Number(timeoutMs) });
  console.log(JSON.stringify({ ...stats, closeMs: performance.now() - begun }));
}
