import { moveByArrowKeys } from "./arrow-keys.js";
import { byId, clockWith, count, element, typeChip } from "./elements.js";
import { indentJson } from "./indent-json.js";

const maxRows = 200;
const clock = clockWith({ fractionalSecondDigits: 3 });

/** The list of events, newest first; what comes while it is paused is shown afterwards. */
export function createEventList() {
  const list = byId("event-list");
  const filter = byId("filter");
  const pause = byId("pause");
  const updateKeys = moveByArrowKeys(list);
  let paused = false;
  let held = [];
  let skipped = 0;

  function add(events) {
    if (paused) held = [...held, ...events].slice(-maxRows);
    else show(events);
    describePause();
  }

  function show(events) {
    const rows = events.slice(-maxRows).map(eventRow).reverse();
    list.prepend(...rows);
    while (list.children.length > maxRows) list.lastElementChild.remove();
    applyFilter();
  }

  function skip(number) {
    skipped += number;
    const notice = byId("skipped");
    notice.hidden = skipped === 0;
    notice.textContent = `${count(skipped)} came too quickly to be shown, or before this page was opened. They are counted and stored.`;
  }

  function applyFilter() {
    const wanted = filter.value.trim().toLowerCase();
    let shown = 0;
    for (const row of list.children) {
      row.hidden = wanted !== "" && !row.searchText.includes(wanted);
      if (!row.hidden) shown++;
    }
    byId("no-match").hidden = shown > 0 || list.children.length === 0;
    updateKeys();
  }

  function describePause() {
    pause.setAttribute("aria-pressed", String(paused));
    pause.firstElementChild.textContent = paused
      ? `Resume${held.length > 0 ? ` (${held.length} new)` : ""}`
      : "Pause";
  }

  function togglePause() {
    paused = !paused;
    if (!paused) show(held.splice(0));
    describePause();
  }

  filter.addEventListener("input", applyFilter);
  pause.addEventListener("click", togglePause);
  return { add, skip, togglePause, focusFilter: () => filter.focus() };
}

/** The list of what was rejected, newest first. */
export function createRejectedList() {
  const list = byId("rejected-list");
  const updateKeys = moveByArrowKeys(list);
  return {
    add(rejections) {
      list.prepend(
        ...rejections
          .slice(-maxRows / 2)
          .map(rejectedRow)
          .reverse(),
      );
      while (list.children.length > maxRows / 2) list.lastElementChild.remove();
      byId("no-rejected").hidden = list.children.length > 0;
      updateKeys();
    },
  };
}

function eventRow({ at, id, type, name, time, text, cut }) {
  const row = element(
    "li",
    {},
    details(
      element(
        "summary",
        {},
        element(
          "time",
          { datetime: new Date(at).toISOString(), title: `event_time ${time}` },
          clock.format(at),
        ),
        typeChip(type),
        element("span", { class: "name", title: name }, name),
        element("span", { class: "id quiet", title: id }, id),
      ),
      { text, cut },
    ),
  );
  row.searchText = text.toLowerCase();
  return row;
}

function rejectedRow({ at, code, pointer, detail, text, cut }) {
  return element(
    "li",
    {},
    details(
      element(
        "summary",
        {},
        element("time", { datetime: new Date(at).toISOString() }, clock.format(at)),
        element("span", { class: "chip bad" }, code),
        element("span", { class: "name" }, pointer === "" ? detail : `${pointer}: ${detail}`),
      ),
      { text, cut },
    ),
  );
}

/** The text is laid out when somebody looks at it. */
function details(summary, { text, cut }) {
  const made = element("details", {}, summary);
  made.addEventListener("toggle", () => {
    if (made.open && made.children.length === 1) {
      made.append(element("pre", {}, cut ? `${text}…` : indentJson(text)));
    }
  });
  return made;
}
