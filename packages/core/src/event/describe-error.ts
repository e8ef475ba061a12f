import type { Attributes } from "./activity-event.ts";
import { errorMembers, isError } from "./encode-carefully.ts";

/** Whatever was thrown, as attributes. */
export function describeError(thrown: unknown): Attributes {
  const other = "what was thrown is no error";
  try {
    if (!isError(thrown)) return { message: typeof thrown === "string" ? thrown : other, thrown };
    const { name: error_name, ...others } = errorMembers(thrown);
    return { error_name, ...others };
  } catch {
    return { message: "an error that cannot be read was thrown" };
  }
}
