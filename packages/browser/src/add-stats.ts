import type { ClientStats, DropReason } from "@activity/core";

/** Counters of which every one is 0. */
export const noStats: ClientStats = {
  recorded: 0,
  adopted: 0,
  delivered: 0,
  handedOver: 0,
  pending: 0,
  rejected: 0,
  dropped: 0,
  droppedBy: {},
  withdrawn: 0,
  repeats: 0,
  refused: 0,
  filtered: 0,
  sampledOut: 0,
};

/** The counters of several clients as one. A balance that each keeps, their sum keeps. */
export function addStats(all: readonly ClientStats[]): ClientStats {
  return all.reduce(
    (sum, one) => ({
      recorded: sum.recorded + one.recorded,
      adopted: sum.adopted + one.adopted,
      delivered: sum.delivered + one.delivered,
      handedOver: sum.handedOver + one.handedOver,
      pending: sum.pending + one.pending,
      rejected: sum.rejected + one.rejected,
      dropped: sum.dropped + one.dropped,
      droppedBy: addCounts(sum.droppedBy, one.droppedBy),
      withdrawn: sum.withdrawn + one.withdrawn,
      repeats: sum.repeats + one.repeats,
      refused: sum.refused + one.refused,
      filtered: sum.filtered + one.filtered,
      sampledOut: sum.sampledOut + one.sampledOut,
    }),
    noStats,
  );
}

/** The counters of events that never entered a client. */
export function statsOfDrops(droppedBy: ClientStats["droppedBy"]): ClientStats {
  const dropped = Object.values(droppedBy).reduce((sum, count) => sum + count, 0);
  return { ...noStats, recorded: dropped, dropped, droppedBy };
}

/** What a client that was closed because consent was taken back left over, under its true reason. */
export function closedByConsent(stats: ClientStats): ClientStats {
  const { closed, ...droppedBy } = stats.droppedBy;
  if (closed === undefined) return stats;
  return { ...stats, droppedBy: addCounts(droppedBy, { consent: closed }) };
}

function addCounts(a: ClientStats["droppedBy"], b: ClientStats["droppedBy"]): ClientStats["droppedBy"] {
  const sum: Partial<Record<DropReason, number>> = { ...a };
  for (const [reason, count] of Object.entries(b) as [DropReason, number][]) // Keys of DropCounts.
    sum[reason] = (sum[reason] ?? 0) + count;
  return sum;
}
