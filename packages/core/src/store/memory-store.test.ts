import { describe, expect, it } from "@jest/globals";
import { describeStoreContract } from "../testing/store-contract.ts";
import { createMemoryStore } from "./memory-store.ts";

describeStoreContract({
  name: "the memory store",
  kit: { describe, expect, it },
  create: (bounds) => ({ store: createMemoryStore(bounds) }),
});
