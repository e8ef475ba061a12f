import type { Verdict } from "../ports/transport.ts";

type Members = Readonly<Record<string, unknown>>;

/** Whether a transport's answer is a verdict: a port may be filled by a program that no compiler has seen. */
export function isVerdict(answer: unknown): answer is Verdict {
  if (!isObject(answer)) return false;
  switch (answer["kind"]) {
    case "delivered":
      return (
        isListOrNothing(answer["retry"], Number.isInteger) && isListOrNothing(answer["rejected"], isRejection)
      );
    case "retry":
      return isReason(answer["reason"]) && isTimeOrNothing(answer["afterMs"]);
    case "rejected":
      return isReason(answer["reason"]);
    default:
      return answer["kind"] === "split" || answer["kind"] === "denied";
  }
}

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null;
}

function isReason(value: unknown): boolean {
  return isObject(value) && typeof value["code"] === "string";
}

function isRejection(value: unknown): boolean {
  return Array.isArray(value) && Number.isInteger(value[0]) && isReason(value[1]);
}

function isListOrNothing(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return value === undefined || (Array.isArray(value) && value.every(isItem));
}

function isTimeOrNothing(value: unknown): boolean {
  return value === undefined || (typeof value === "number" && value >= 0);
}
