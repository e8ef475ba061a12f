export type { EventOutput } from "./event-schema.ts";
export { eventSchema } from "./event-schema.ts";
