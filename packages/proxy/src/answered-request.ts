import type { ActivityEvent, AnsweredProblem, RefusalCode } from "@activity/core";
import type { Principal } from "./proxy-options.ts";

/** What became of one request, for counting, watching and keeping what was rejected. */
export interface AnsweredRequest<P extends Principal = Principal> {
  readonly requestId: string;
  readonly status: number;
  /** Why the whole request was refused, where it was. */
  readonly code: RefusalCode | undefined;
  /** The sentence of that answer, without payloads and secrets. */
  readonly detail: string | undefined;
  /** `undefined` where there is no `authenticate`, or nobody was found. */
  readonly principal: P | undefined;
  /** The events that were answered as accepted. */
  readonly accepted: readonly ActivityEvent[];
  readonly duplicates: number;
  readonly rejected: readonly RejectedEvent[];
  readonly discarded: number;
  /** From the call of `handle` to the answer, in milliseconds. */
  readonly durationMs: number;
}

/** An event that was refused for good. */
export interface RejectedEvent {
  /** As it was sent; `undefined` where it was not UTF-8. */
  readonly text: string | undefined;
  readonly problem: AnsweredProblem;
}

/** Told of every request when its answer is known; what it throws is ignored. It should return quickly. */
export type AnswerHandler<P extends Principal = Principal> = (request: AnsweredRequest<P>) => void;

/** What the work on a request leaves behind for {@link AnsweredRequest}. */
export interface RequestTrail<P extends Principal> {
  principal?: P | undefined;
  accepted?: readonly ActivityEvent[];
  duplicates?: number;
  rejected?: readonly RejectedEvent[];
  discarded?: number;
}
