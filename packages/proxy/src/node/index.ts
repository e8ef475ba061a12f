export type { NodeHandler, NodeHandlerOptions } from "./node-handler.ts";
export { nodeHandler } from "./node-handler.ts";
export type {
  NodeServer,
  NodeServerCloseOptions,
  NodeServerLimits,
  NodeServerOptions,
} from "./node-server.ts";
export { createNodeServer, nodeServerLimits } from "./node-server.ts";
