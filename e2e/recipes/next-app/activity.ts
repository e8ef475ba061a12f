import { createProxy, type EventProxy } from "@activity/proxy";
import { withoutBots } from "@activity/proxy/bots";
import { fileSink } from "@activity/spool";
import { isbot } from "isbot";

const shared = globalThis as { activityProxy?: EventProxy };

// One for the whole server: Next compiles each route apart, and again when a file changes.
shared.activityProxy ??= createProxy({
  sink: fileSink({ directory: process.env["EVENTS_DIRECTORY"] ?? "events" }),
  ack: "durable",
  allowedOrigins: ["https://shop.example"],
  consent: withoutBots({ isbot }),
});

export const proxy: EventProxy = shared.activityProxy;
