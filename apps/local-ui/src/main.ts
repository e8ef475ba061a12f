import "page-kit/style.css";
import { byId, element, say } from "page-kit/element";
import { activity } from "./activity.ts";
import { currentMode, watchModeButton } from "./mode.ts";
import type { Screen } from "./screen.ts";
import { modelsScreen } from "./screens/models.ts";
import { sourcesScreen } from "./screens/sources.ts";

const links = { "/sources": "Sources", "/models": "Models" };
let shown: Screen = screenAt(location.pathname);

function screenAt(path: string): Screen {
  return path === "/models" ? modelsScreen(render) : sourcesScreen(render);
}

/** Shows the screen as it is now; what the person was told goes. */
function render(): void {
  const heading = element("h1", { tabindex: "-1" }, shown.title);
  byId("screen").replaceChildren(heading, ...shown.render());
  const anchors = Object.entries(links).map(([href, text]) =>
    element("a", { href, ...(text === shown.title ? { "aria-current": "page" } : {}) }, text),
  );
  byId("navigation").replaceChildren(...anchors);
  document.title = `${shown.title} · Local project`;
  say("");
}

/** Shows the screen at the page's path. */
function show(): void {
  const startedMs = performance.now();
  shown = screenAt(location.pathname);
  render();
  byId("screen").querySelector("h1")?.focus();
  requestAnimationFrame(() => {
    activity.recordMetric("screen_ready_ms", performance.now() - startedMs, { screen_name: shown.name });
  });
}

/** Follows links within the application without loading a page. */
function follow(event: MouseEvent): void {
  const anchor = event.target instanceof Element ? event.target.closest("a") : null;
  if (anchor === null || anchor.origin !== location.origin || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  const source_screen = shown.name;
  history.pushState(null, "", anchor.pathname);
  show();
  const where = { medium: "tab", space: "workspace", screen_name: shown.name, mode: currentMode() } as const;
  activity.track("navigate", { ...where, source_screen });
}

watchModeButton(render, () => shown.name);
document.addEventListener("click", follow);
addEventListener("popstate", show);
show();
