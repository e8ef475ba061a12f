import { createBrowserClient, pageViews } from "@activity/browser";

export const activity = createBrowserClient({
  url: "/v1/events",
  service: { name: "orders-ui", version: "1.4.0" },
  plugins: [pageViews()],
  consent: "granted",
});
