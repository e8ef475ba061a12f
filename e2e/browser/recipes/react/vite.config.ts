import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env["ORDERS_SERVER"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: { target: "es2022" },
  // In development events take the way that they take later: over the page's own origin.
  server: { proxy: { "/v1/events": server } },
});
