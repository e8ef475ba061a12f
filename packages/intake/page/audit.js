import { byId, clockWith, count, element } from "./elements.js";

const maxListed = 8;
const clock = clockWith();
let foundNothing = false;

/** Asks again once events have come, where the last audit had none to look at. */
export function auditFirstEvents(accepted) {
  if (foundNothing && accepted > 0) void runAudit();
}

/** Asks for an audit and shows it. */
export async function runAudit() {
  foundNothing = false;
  const button = byId("audit-run");
  const place = byId("audit");
  button.disabled = true;
  try {
    const response = await fetch("audit");
    if (!response.ok) throw new Error(await response.text());
    const audited = await response.json();
    foundNothing = audited.report?.events === 0;
    place.replaceChildren(...describe(audited));
  } catch (error) {
    place.replaceChildren(element("p", { class: "notice" }, `The audit failed: ${error.message}`));
  } finally {
    button.disabled = false;
  }
}

function describe(audited) {
  if (audited.topic !== undefined) {
    return [
      element("p", {}, "Events are in Kafka. From a terminal:"),
      element("pre", {}, element("code", {}, "activity-intake audit --kafka")),
    ];
  }
  const { report, damaged, removed, beforeFirst, sourceCount } = audited;
  if (report.events === 0) return [element("p", { class: "quiet" }, "Nothing is stored yet.")];
  const lost = report.lost - (removed === undefined ? 0 : beforeFirst);
  const open = report.sources.filter(({ tail }) => tail === "open").length;
  const good = lost + damaged === 0;
  const facts = [
    [count(report.events), "events stored"],
    [count(sourceCount), "sources"],
    [count(report.duplicated), "stored twice"],
    [count(report.announced), "announced as dropped"],
    ...(report.opaque > 0
      ? [[count(report.opaque), "with ids of their own: only repeats can be found"]]
      : []),
    ...(open > 0 ? [[count(open), "not closed: their end is not proved yet"]] : []),
    ...(damaged > 0 ? [[count(damaged), "damaged lines"]] : []),
    ...(removed === undefined ? [] : [[count(removed.files), "files removed by retention"]]),
  ];
  return [
    element(
      "p",
      { class: "verdict", "data-good": String(good) },
      element("strong", {}, good ? "Nothing is lost" : `${count(lost)} lost`),
      good ? "" : " or still on their way",
    ),
    element(
      "ul",
      { class: "facts" },
      ...facts.map(([number, what]) => element("li", {}, element("b", {}, number), ` ${what}`)),
    ),
    ...missingList(report.sources.filter((source) => source.lost > 0)),
    element("p", { class: "quiet none" }, `As it was at ${clock.format(new Date())}.`),
  ];
}

function missingList(sources) {
  if (sources.length === 0) return [];
  const rows = sources.slice(0, maxListed).map(({ source, unexplained }) => {
    const ranges = unexplained.slice(0, 5).map(({ from, to }) => (from === to ? `${from}` : `${from}–${to}`));
    const more = unexplained.length > 5 ? ", …" : "";
    return element("li", {}, element("code", {}, source), ` ${ranges.join(", ")}${more}`);
  });
  return [element("h3", {}, "Missing numbers"), element("ul", { class: "missing" }, ...rows)];
}
