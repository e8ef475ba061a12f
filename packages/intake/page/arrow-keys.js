/**
 * Makes a long list one stop of the Tab key: arrows, Home and End move within it. Gives what is to be called when rows
 * have come, gone or been hidden.
 */
export function moveByArrowKeys(list) {
  let current;

  function rows() {
    return [...list.children].filter((row) => !row.hidden);
  }

  function update() {
    const [first] = rows();
    if (current?.isConnected !== true || current.hidden) current = first;
    for (const row of list.children) {
      row.querySelector("summary").tabIndex = row === current ? 0 : -1;
    }
  }

  list.addEventListener("focusin", ({ target }) => {
    const row = target.closest("li");
    if (row === current) return;
    current = row;
    update();
  });
  list.addEventListener("keydown", (event) => {
    if (event.target.localName !== "summary" || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = rows();
    const at = all.indexOf(event.target.closest("li"));
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    all[next]?.querySelector("summary").focus();
  });
  return update;
}
