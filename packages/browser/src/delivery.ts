/** What sends, as a module of its own: the build puts everything that it needs into one file. */
export { createDelivery } from "./delivery/create-delivery.ts";
