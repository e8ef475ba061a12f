const { createBrowserClient, pageViews, errors } = activity;

const client = createBrowserClient({
  url: "/v1/events",
  service: { name: "orders-ui", version: "1.4.0" },
  plugins: [pageViews(), errors()],
  consent: "granted",
});

document.getElementById("new").addEventListener("click", () => {
  client.track("order_create", { medium: "button" });
});
document.getElementById("all").addEventListener("click", () => {
  throw new Error("the list of orders is no list");
});
