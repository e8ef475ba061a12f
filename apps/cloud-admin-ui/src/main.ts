import "page-kit/style.css";
import { byId, element, say } from "page-kit/element";
import { activity, sharesUsageData, shareUsageData } from "./activity.ts";
import type { Screen } from "./screen.ts";
import { peopleScreen } from "./screens/people.ts";
import { projectScreen } from "./screens/project.ts";
import { projectIds, projectsScreen } from "./screens/projects.ts";
import { signInScreen } from "./screens/sign-in.ts";
import { signOut, whoIsSignedIn } from "./session.ts";

const links = { "/projects": "Projects", "/people": "People" };
let user: string | undefined;
let shown: Screen | undefined;

/** The screen at a path; whoever is not signed in sees one screen only. */
function screenAt(path: string): Screen {
  if (user === undefined) return signInScreen(enter);
  const project = projectIds.find((id) => path === `/projects/${id}`);
  if (project !== undefined) return projectScreen(project);
  return path === "/people" ? peopleScreen : projectsScreen;
}

function show(): void {
  const startedMs = performance.now();
  const screen = screenAt(location.pathname);
  shown = screen;
  document.title = `${screen.title} · Cloud admin`;
  const heading = element("h1", { tabindex: "-1" }, screen.title);
  byId("screen").replaceChildren(heading, ...screen.render());
  byId("navigation").replaceChildren(...(user === undefined ? [] : navigation(user)));
  say("");
  heading.focus();
  requestAnimationFrame(() => {
    activity.recordMetric("screen_ready_ms", performance.now() - startedMs, { screen_name: screen.name });
  });
}

function navigation(name: string): readonly Node[] {
  const anchors = Object.entries(links).map(([href, text]) =>
    element("a", { href, ...(location.pathname === href ? { "aria-current": "page" } : {}) }, text),
  );
  return [...anchors, element("button", { onclick: () => void leave() }, `Sign out ${name}`)];
}

/** Follows links within the application without loading a page. */
function follow(event: MouseEvent): void {
  const anchor = event.target instanceof Element ? event.target.closest("a") : null;
  if (anchor === null || anchor.origin !== location.origin || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  const source_screen = shown?.name ?? "none";
  const medium = anchor.closest("nav") === null ? "button" : "tab";
  history.pushState(null, "", anchor.pathname);
  show();
  activity.track("navigate", { medium, source_screen, screen_name: shown?.name ?? "none" });
}

function enter(name: string): void {
  user = name;
  show();
}

async function leave(): Promise<void> {
  activity.track("logout", { medium: "button", screen_name: shown?.name ?? "none" });
  // What waits is this user's: it must arrive while the session still says so.
  await activity.flush({ timeoutMs: 2_000 });
  await signOut();
  activity.reset();
  user = undefined;
  show();
}

const consent = byId("consent") as HTMLInputElement; // A checkbox in the page's markup.
consent.checked = sharesUsageData();
consent.addEventListener("change", () => shareUsageData(consent.checked));
document.addEventListener("click", follow);
addEventListener("popstate", show);
user = await whoIsSignedIn();
if (user !== undefined) activity.record("log", "session_restored", { level: "info" });
show();
