import { element, say } from "page-kit/element";
import { activity } from "../activity.ts";
import { currentMode } from "../mode.ts";
import { connect, connectionTypes, project } from "../project.ts";
import type { Screen } from "../screen.ts";

const screen_name = "sources";

/** The sources of the project. In edit mode one can be added, in a dialog; Postgres cannot be reached. */
export function sourcesScreen(refresh: () => void): Screen {
  function addExample(): void {
    const where = { medium: "card", space: "workspace", screen_name, mode: currentMode() } as const;
    activity.track("example_add", { ...where, entity_id: "example-prices" });
    project.sources.push({ name: "example-prices", connectionType: "duckdb" });
    refresh();
    say("The example is in.");
  }

  return {
    name: screen_name,
    title: "Sources",
    render: () => {
      const dialog = addDialog(refresh);
      const open = (connectionType: string): void => {
        activity.track("source_modal", {
          ...inDialog("button"),
          space: "workspace",
          connection_type: connectionType,
        });
        dialog.showModal();
      };
      const disabled = currentMode() !== "edit";
      return [
        element(
          "ul",
          {},
          ...project.sources.map((source) => element("li", {}, `${source.name} (${source.connectionType})`)),
        ),
        element(
          "div",
          { class: "actions" },
          element("button", { class: "primary", disabled, onclick: () => open("duckdb") }, "Add source"),
          element("button", { disabled, onclick: addExample }, "Add the example"),
        ),
        disabled ? "Switch to Edit to add sources." : "",
        dialog,
      ];
    },
  };
}

function inDialog(medium: "button" | "form") {
  return { medium, space: "modal", screen_name, mode: currentMode() } as const;
}

function addDialog(refresh: () => void): HTMLDialogElement {
  const name = element("input", { name: "name", required: true });
  const options = connectionTypes.map((type) => element("option", {}, type));
  const type = element("select", { name: "type" }, ...options);

  async function add(event: Event): Promise<void> {
    event.preventDefault();
    const connection_type = type.value;
    const startedMs = performance.now();
    activity.track("source_add", { ...inDialog("form"), connection_type });
    dialog.close();
    try {
      await connect({ name: name.value, connectionType: connection_type });
    } catch (error) {
      return failed(connection_type, error);
    }
    const duration = Math.round(performance.now() - startedMs);
    activity.track("source_success", { ...inDialog("form"), connection_type, duration });
    activity.record("log", "source_log", { level: "info", connection_type });
    refresh();
    say(`${name.value} is connected.`);
  }

  function cancel(): void {
    activity.track("source_cancel", { ...inDialog("button"), connection_type: type.value });
    dialog.close();
  }

  const dialog = element(
    "dialog",
    { "aria-labelledby": "add-title" },
    element("h2", { id: "add-title" }, "Add a source"),
    element(
      "form",
      { onsubmit: (event) => void add(event) },
      element("label", {}, "Name", name),
      element("label", {}, "Connector", type),
      element(
        "div",
        { class: "actions" },
        element("button", { class: "primary" }, "Connect"),
        element("button", { type: "button", onclick: cancel }, "Cancel"),
      ),
    ),
  );
  return dialog;
}

function failed(connection_type: string, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  activity.record("error", "connector_error", { connection_type, message, screen_name, mode: currentMode() });
  say(`The source could not be connected: ${message}.`);
}
