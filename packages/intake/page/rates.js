import { byId, count, element, perSecond, sparkline, typeChip } from "./elements.js";

const maxShown = 12;

/** The numbers at the top. */
export function showTiles({ totals, rates, sink }) {
  const all = sumOf(rates);
  const tiles = [
    [
      "Accepted",
      count(totals.accepted),
      all === undefined ? undefined : sparkline(all, { width: 120, height: 30 }),
    ],
    ["Per second", all === undefined ? "0" : perSecond(all)],
    ["Repeats", count(totals.duplicates), "stored once"],
    [
      "Rejected",
      count(totals.rejected),
      totals.rejected > 0 ? "see the reasons" : undefined,
      totals.rejected > 0 ? "warn" : undefined,
    ],
    [
      "Waiting",
      count(sink.pending),
      sink.pending > 0 ? "safe on disk or being written" : "everything is stored",
    ],
    ["Refused requests", count(totals.refusedRequests), `of ${count(totals.requests)}`],
  ];
  byId("tiles").replaceChildren(
    ...tiles.map(([label, value, beside = "", tone]) =>
      element(
        "div",
        { class: "tile", "data-tone": tone },
        element("span", { class: "label" }, label),
        element("strong", {}, value),
        element("span", { class: "beside" }, beside),
      ),
    ),
  );
}

/** One row a type. */
export function showRates(rates) {
  const shown = rates.slice(0, maxShown);
  byId("rates").replaceChildren(
    ...shown.map(({ type, total, seconds }) =>
      element(
        "tr",
        {},
        element("th", { scope: "row" }, typeChip(type)),
        element("td", {}, sparkline(seconds)),
        element("td", { class: "number" }, `${perSecond(seconds)}/s`),
        element("td", { class: "number" }, count(total)),
      ),
    ),
  );
  const more = rates.length - shown.length;
  const none = byId("no-rates");
  none.hidden = rates.length > 0 && more <= 0;
  none.textContent = rates.length === 0 ? "No event yet." : `${more} more`;
}

function sumOf(rates) {
  const [first, ...others] = rates;
  return (
    first && others.reduce((sum, { seconds }) => sum.map((value, at) => value + seconds[at]), first.seconds)
  );
}
