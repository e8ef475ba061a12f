import { element, say } from "page-kit/element";
import { activity } from "../activity.ts";
import { currentMode } from "../mode.ts";
import { project } from "../project.ts";
import type { Screen } from "../screen.ts";

/** The models of the project. In edit mode one can be made; looking at one breaks, which `errors()` records. */
export function modelsScreen(refresh: () => void): Screen {
  function create(): void {
    project.models.push(`model_${project.models.length + 1}`);
    activity.track("model_create", {
      medium: "button",
      space: "workspace",
      screen_name: "models",
      mode: currentMode(),
      count: project.models.length,
    });
    refresh();
    say("There is a new model.");
  }

  function preview(name: string): void {
    throw new RangeError(`the preview of ${name} has no rows`);
  }

  return {
    name: "models",
    title: "Models",
    render: () => [
      element(
        "ul",
        {},
        ...project.models.map((name) =>
          element("li", {}, `${name} `, element("button", { onclick: () => preview(name) }, "Preview")),
        ),
      ),
      element(
        "button",
        { class: "primary", disabled: currentMode() !== "edit", onclick: create },
        "New model",
      ),
    ],
  };
}
