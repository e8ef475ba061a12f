import * as browserLimits from "./browser-limits.ts";

export type {
  AnyCatalog,
  Attributes,
  OpenCatalog,
  Problem,
  ProblemHandler,
  Service,
} from "@activity/core";
export { ActivityError, eventNames, eventTypes } from "@activity/core";
export type { BrowserClient, BrowserClientOptions, BrowserStats, Consent } from "./browser-client.ts";
export type { PageClock } from "./clock.ts";
export { createBrowserClient } from "./create-browser-client.ts";
export type { BrowserPlugin, PluginPage } from "./plugin.ts";
export { errors } from "./plugins/errors.ts";
export { heartbeat } from "./plugins/heartbeat.ts";
export { pageViews } from "./plugins/page-views.ts";
export { redactUrl, redactUrlsIn } from "./redact-url.ts";

/** The numbers of the client, each with its unit. */
export { browserLimits };
