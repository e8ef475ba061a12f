import { auditFirstEvents, runAudit } from "./audit.js";
import { byId, copyWith, count } from "./elements.js";
import { createEventList, createRejectedList } from "./events.js";
import { startQuery } from "./query.js";
import { showRates, showTiles } from "./rates.js";

/** Up to here an audit costs so little that nobody needs to ask for it. */
const auditAtOnceBytes = 33_554_432;

const events = createEventList();
const rejected = createRejectedList();

start().catch((error) => say("lost", `this page cannot start: ${error.message}`));

async function start() {
  const about = await (await fetch("about")).json();
  byId("address").textContent = about.address;
  byId("target").textContent =
    about.target.topic === undefined
      ? `keeps files in ${about.target.directory}`
      : `writes to the topic ${about.target.topic}`;
  byId("sample").textContent = sampleCommand(about);
  copyWith(byId("copy-address"), () => about.address);
  copyWith(byId("copy-sample"), () => sampleCommand(about));
  startQuery({ available: about.query, topic: about.target.topic });
  byId("audit-run").addEventListener("click", () => void runAudit());
  if (about.bytes <= auditAtOnceBytes) void runAudit();
  watch();
  addEventListener("keydown", onKey);
}

function watch() {
  const source = new EventSource("tail");
  source.addEventListener("open", () => say("good", "taking events"));
  source.addEventListener("error", () => say("lost", "connection lost, trying again"));
  source.addEventListener("news", ({ data }) => {
    const news = JSON.parse(data);
    events.add(news.events);
    rejected.add(news.rejections);
    if (news.skipped > 0) events.skip(news.skipped);
  });
  source.addEventListener("state", ({ data }) => {
    const state = JSON.parse(data);
    showTiles(state);
    showRates(state.rates);
    auditFirstEvents(state.totals.accepted);
    byId("welcome").hidden = state.totals.requests > 0;
    byId("rejected-count").textContent =
      state.totals.rejected > 0 ? `${count(state.totals.rejected)} since the start` : "";
    byId("viewers").textContent = `${state.viewers} watching`;
    if (state.ready) say("good", "taking events");
    else say("draining", "stopping: what was taken is being stored");
  });
}

function say(state, text) {
  const place = byId("state");
  if (place.textContent === text) return;
  place.dataset.state = state;
  place.textContent = text;
}

/** Single keys work wherever nothing is being typed. */
function onKey(event) {
  const typing = event.target.closest?.("input, textarea, select");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    event.preventDefault();
    events.focusFilter();
  }
  if (event.key === "p" || event.key === "P") events.togglePause();
}

function sampleCommand({ address, needsKey }) {
  const event = {
    event_id: crypto.randomUUID(),
    event_time: new Date().toISOString(),
    event_type: "behavioral",
    event_name: "hello",
  };
  const key = needsKey ? ' \\\n  -H "authorization: Bearer YOUR_KEY"' : "";
  return `curl ${address} \\\n  -H "content-type: application/json"${key} \\\n  -d '${JSON.stringify(event)}'`;
}
