export type { FastifyEventsOptions } from "./fastify-events.ts";
export { fastifyEvents } from "./fastify-events.ts";
