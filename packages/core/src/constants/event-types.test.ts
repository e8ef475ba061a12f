import { expect, it } from "@jest/globals";
import { eventTypes, knownTypes } from "./event-types.ts";

it("knows the types of its table, and no other", () => {
  for (const type of Object.values(eventTypes)) expect(type).toMatch(knownTypes);
  const listed = String(knownTypes).match(/[a-z]+(?=[|)])/g);
  expect(listed).toEqual(Object.values(eventTypes));
});
