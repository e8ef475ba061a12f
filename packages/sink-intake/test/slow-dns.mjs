/**
 * Loaded before a program: every name look-up takes `SLOW_DNS_MS` and then finds nothing, as with a resolver that does
 * not answer. Each is noted in the file `SLOW_DNS_LOG` when it begins.
 */
import dns from "node:dns";
import { appendFileSync } from "node:fs";

dns.lookup = (name, options, callback = options) => {
  appendFileSync(process.env.SLOW_DNS_LOG, `${name}\n`);
  const failure = Object.assign(new Error(`getaddrinfo EAI_AGAIN ${name}`), { code: "EAI_AGAIN" });
  setTimeout(() => callback(failure), Number(process.env.SLOW_DNS_MS));
};
