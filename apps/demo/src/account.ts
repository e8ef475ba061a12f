import { audit } from "@activity/core";
import { controlService, paths } from "./paths.ts";

/** What became of the events of one path, read from the final stores alone. */
export interface PathAccount {
  readonly number: number;
  readonly service: string;
  readonly title: string;
  /** The highest number of each source, added up; no less than what its processes said they had recorded. */
  readonly recorded: number;
  readonly arrived: number;
  /** Named by an `events_dropped`. */
  readonly announced: number;
  readonly lost: number;
  /** Events that stand in a store more than once. */
  readonly duplicated: number;
}

/** The account of a whole run. */
export interface Account {
  readonly paths: readonly PathAccount[];
  /** Events of the control in the store. */
  readonly controlArrived: number;
}

/**
 * Accounts for every event.
 *
 * @param stores The texts of the events in each final store.
 * @param claimed How many events the processes of a service said they had recorded, where they did: the
 * only proof of what a process recorded last before it was killed.
 */
export async function accountFor(
  stores: readonly AsyncIterable<string>[],
  claimed: ReadonlyMap<string, number>,
): Promise<Account> {
  const byService = new Map<string, Record<string, unknown>[]>();
  const announcements: Record<string, unknown>[] = [];
  for (const store of stores) {
    for await (const text of store) {
      const event = JSON.parse(text) as Record<string, unknown>; // Only checked events get into a store.
      const service = String(event["service_name"] ?? "");
      byService.set(service, [...(byService.get(service) ?? []), event]);
      if (service === "") announcements.push(event);
    }
  }
  const accounts = paths.map(async ({ number, service, title }) => {
    const events = byService.get(service) ?? [];
    const report = await audit([...events, ...announcements]);
    const own = new Set(events.map((event) => sourceOf(event)));
    const sources = report.sources.filter(({ source }) => own.has(source));
    const sum = (pick: (source: (typeof sources)[number]) => number): number =>
      sources.reduce((total, source) => total + pick(source), 0);
    const arrived = sum((source) => source.arrived);
    const announced = sum((source) => source.announced);
    const recorded = Math.max(
      sum(({ last }) => last),
      claimed.get(service) ?? 0,
    );
    return {
      number,
      service,
      title,
      recorded,
      arrived,
      announced,
      lost: recorded - arrived - announced,
      duplicated: events.length - arrived,
    };
  });
  return { paths: await Promise.all(accounts), controlArrived: byService.get(controlService)?.length ?? 0 };
}

/** The last line of a run. */
export function summaryLine(accounts: readonly PathAccount[]): string {
  const total = (pick: (account: PathAccount) => number): number =>
    accounts.reduce((sum, account) => sum + pick(account), 0);
  const whole = accounts.filter(
    ({ recorded, lost, duplicated }) => recorded > 0 && lost === 0 && duplicated === 0,
  );
  return `${whole.length}/${accounts.length} paths: ${total(({ recorded }) => recorded)} recorded, ${total(({ arrived }) => arrived)} arrived, ${total(({ lost }) => lost)} lost, ${total(({ duplicated }) => duplicated)} duplicated`;
}

function sourceOf(event: unknown): string {
  const { event_id: id } = event as { event_id: string }; // An event.
  return id.slice(0, id.lastIndexOf("."));
}
