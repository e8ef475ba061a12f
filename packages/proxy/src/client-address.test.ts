import { describe, expect, it } from "@jest/globals";
import { clientAddress } from "./client-address.ts";

const request = (forwarded: string | undefined, address: string | undefined = "10.0.0.1") => ({
  method: "POST",
  header: (name: string) => (name === "x-forwarded-for" ? forwarded : undefined),
  body: () => ({ kind: "consumed" }) as const,
  decoders: {},
  native: undefined,
  address,
});

describe("clientAddress", () => {
  it.each([
    [0, "6.6.6.6", "10.0.0.1"],
    [1, "6.6.6.6, 1.2.3.4", "1.2.3.4"],
    [2, "6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"],
    [2, "1.2.3.4", "1.2.3.4"],
    [1, undefined, "10.0.0.1"],
    [1, " ", "10.0.0.1"],
    [1, "1.2.3.4:5678", "1.2.3.4"],
    [1, "[2001:db8::1]:443", "2001:db8::1"],
    [1, "2001:db8::1", "2001:db8::1"],
    [1, "x".repeat(100), "x".repeat(64)],
  ])("behind %i trusted hops, forwarded for %j, is %s", (hops, forwarded, address) => {
    expect(clientAddress(request(forwarded), hops)).toBe(address);
  });
});
