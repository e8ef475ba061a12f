/** On a server the same module is imported and called; its client does nothing there. */
import { renderToString } from "react-dom/server";
import { activity } from "../react/activity.ts";
import { App } from "../react/app.tsx";

export function renderPage(): string {
  activity.track("rendered"); // Not recorded: there is no visitor.
  return renderToString(<App />);
}

export { activity };
