import type { Importance, Lease, Store } from "../ports/store.ts";
import { importances } from "../ports/store.ts";
import { testEvent } from "./event-fixtures.ts";

/** Opens every lane. */
export const all = (): boolean => true;

/** Appends events by number; importances repeat when there are fewer. */
// biome-ignore lint/complexity/useMaxParams: a row of a table.
export function append(
  store: Store,
  numbers: readonly number[],
  importance: readonly Importance[] = [importances.behavioral],
  lane = 0,
  fill?: string,
): number[] {
  return numbers.map((n, index) =>
    store.append(
      testEvent(n, { fill }).text,
      lane,
      importance[index % importance.length] ?? importances.behavioral,
    ),
  );
}

/** A lease, once it is loaded; `undefined` where there is none. */
export async function tryLease(
  store: Store,
  open: (lane: number) => boolean = all,
  force = true,
): Promise<Lease | undefined> {
  for (;;) {
    let ready: (() => void) | undefined;
    const waiting = new Promise<void>((resolve) => {
      ready = resolve;
    });
    store.onReady = ready;
    const lease = store.lease(open, force);
    if (lease !== "loading") return lease;
    await waiting;
  }
}

/** A lease; fails where there is none, or where it does not add up. */
export async function leased(
  store: Store,
  open?: (lane: number) => boolean,
  force?: boolean,
): Promise<Lease> {
  const lease = await tryLease(store, open, force);
  if (lease === undefined) throw new Error("the store has events of an open lane and leases none");
  if (lease.count !== lease.ends.length || lease.bytes.length !== lease.ends[lease.count - 1])
    throw new Error(
      `a lease of ${lease.count} events has ${lease.ends.length} ends in ${lease.bytes.length} bytes`,
    );
  return lease;
}

/** The texts of the events of a lease. */
export function textsOf({ bytes, ends, count }: Lease): string[] {
  const decoder = new TextDecoder();
  return Array.from({ length: count }, (_, index) =>
    decoder.decode(bytes.subarray(index === 0 ? 0 : ends[index - 1], (ends[index] ?? 0) - 1)),
  );
}

/** The numbers of the events of a lease. */
export function numbersOf(lease: Lease): number[] {
  return textsOf(lease).map(numberOf);
}

function numberOf(text: string): number {
  return Number(/"event_id":"test\.(\d+)"/.exec(text)?.[1]);
}

/** What a store gives up, as reasons and numbers. */
export function evicted(store: Store, bornBefore?: number): [reason: string, number: number][] {
  return store
    .evict(bornBefore)
    .flatMap(({ reason, texts }) => texts.map((text): [string, number] => [reason, numberOf(text)]));
}

/** Whether each number is larger than the one before it. */
export function ascending(numbers: ArrayLike<number>): boolean {
  return Array.from(numbers).every((value, index, list) => index === 0 || value > (list[index - 1] ?? 0));
}
