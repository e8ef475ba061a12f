/** What a client gains on Node: attributes of the async context, and the ids of OpenTelemetry's active span. */
export { addAttributes, contextAttributes, runWithAttributes } from "./context-attributes.ts";
export { createClient } from "./create-client.ts";
