import { element, say } from "page-kit/element";
import { activity } from "../activity.ts";
import type { Screen } from "../screen.ts";

/** One project: it can be deployed; connecting it to GitHub fails, and so does the report. */
export function projectScreen(project_id: string): Screen {
  const where = { medium: "button", screen_name: "project" } as const;

  function deploy(): void {
    const startedMs = performance.now();
    activity.track("deploy_intent", { ...where, project_id });
    requestAnimationFrame(() => {
      const duration = Math.round(performance.now() - startedMs);
      activity.track("deploy_success", { ...where, project_id, duration });
      say(`${project_id} is deployed.`);
    });
  }

  /** The server has no such address: an HTTP error, which the page knows and records itself. */
  async function connectGitHub(): Promise<void> {
    const api = "/api/github/connect";
    activity.track("ghconnected_start", { ...where, project_id });
    const { ok, status, statusText } = await fetch(api, { method: "POST" });
    if (ok) return say("GitHub is connected.");
    const about = { api, status, message: statusText || "refused", screen_name: "project", project_id };
    activity.record("error", "connector_error", about);
    say("GitHub could not be connected.");
  }

  /** A mistake of the programmer, which nobody catches but the plugin `errors()`. */
  function makeReport(): void {
    const rows: readonly { readonly total: number }[] = JSON.parse("null");
    say(`${rows.length} rows`);
  }

  return {
    name: "project",
    title: project_id,
    render: () => [
      element(
        "div",
        { class: "actions" },
        element("button", { class: "primary", onclick: deploy }, "Deploy"),
        element("button", { onclick: () => void connectGitHub() }, "Connect GitHub"),
        element("button", { onclick: makeReport }, "Make report"),
      ),
    ],
  };
}
