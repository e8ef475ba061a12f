import { byId } from "page-kit/element";
import { activity } from "./activity.ts";

/** Whether the project can be changed. */
export type Mode = "read-only" | "edit";

let mode: Mode = "read-only";

/** The mode now. */
export function currentMode(): Mode {
  return mode;
}

/** Lets a button switch the mode; `onChange` shows the screen again. */
export function watchModeButton(onChange: () => void, screenName: () => string): void {
  const button = byId("mode");
  button.addEventListener("click", () => {
    mode = mode === "edit" ? "read-only" : "edit";
    button.setAttribute("aria-pressed", String(mode === "edit"));
    const where = { medium: "button", space: "workspace", screen_name: screenName() } as const;
    if (mode === "edit") activity.track("mode_edit", { ...where, mode });
    onChange();
  });
}
