import { createRoot } from "react-dom/client";
import { activity } from "./activity.ts";
import { App } from "./app.tsx";

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no element #root");
createRoot(root, {
  // React catches what components throw, so that nothing of it reaches the window: errors() would not see it.
  onUncaughtError: (error, { componentStack }) => {
    activity.recordError(error, { component_stack: componentStack });
  },
}).render(<App />);
