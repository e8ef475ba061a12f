/** Loaded before a program: every name look-up takes 6 s, as with a resolver that does not answer. */
import dns from "node:dns";

const { lookup } = dns;
dns.lookup = (...given) => setTimeout(() => lookup(...given), 6_000);
