import { maxNameChars, maxTypeChars } from "../limits.ts";

/** Well-formed, with something to see in it: neither white space nor a control character. */
const label = /^\P{Cs}*[^\s\p{Cc}\p{Cs}]\P{Cs}*$/u;

/** Whether type, name and attributes pass their checks; `describeRefusal` says what is wrong. */
export function isRecordable(type: unknown, name: unknown, layers: readonly unknown[]): boolean {
  return isLabel(type, maxTypeChars) && isLabel(name, maxNameChars) && layers.every(isAttributes);
}

function isLabel(value: unknown, maxChars: number): boolean {
  return typeof value === "string" && value.length <= maxChars && label.test(value);
}

function isAttributes(value: unknown): boolean {
  try {
    return (
      value === undefined ||
      (typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value))
    );
  } catch {
    return true; // A revoked proxy is not even asked; encoding names it.
  }
}
