import { expect, it } from "@jest/globals";
import { loadPeer } from "./load-peer.ts";

it("says in one sentence which package is missing, for what, and how to get it", () => {
  expect(() => loadPeer("not-there-at-all", "@activity/proxy/bots")).toThrow(
    /^not-there-at-all is not installed; @activity\/proxy\/bots needs it: npm install not-there-at-all$/,
  );
});
