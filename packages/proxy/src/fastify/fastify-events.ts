import type { FastifyInstance } from "fastify";
import type { EventProxy } from "../create-proxy.ts";
import { checkPluginOptions } from "../node/node-options.ts";
import { fromNodeRequest } from "../node/node-request.ts";

/** Options of {@link fastifyEvents}. */
export interface FastifyEventsOptions {
  readonly proxy: EventProxy;
  /** Under the prefix that the plugin is registered with. @defaultValue "/v1/events" */
  readonly path?: string | undefined;
}

/**
 * A Fastify plugin that answers events on one path, every method of it. Bodies reach the proxy unread: Fastify's own
 * parsers and its `bodyLimit` do not apply here, the proxy's limits do. `authenticate` gets the Fastify
 * request as `native`, with whatever the host's hooks have put onto it.
 *
 * Rejects with INVALID_OPTION for what is no proxy, and a path that does not begin with `/`.
 */
export async function fastifyEvents(host: object, options: FastifyEventsOptions): Promise<void> {
  checkPluginOptions("fastifyEvents", options);
  const { proxy, path = "/v1/events" } = options;
  // Fastify hands itself over. Its types stay out of ours: who does not use it need not have it.
  const app = host as FastifyInstance;
  // Of this plugin only: parsers are Fastify's per scope.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  app.all(path, async (request, reply) => {
    const { raw } = request;
    const answer = await proxy.handle(fromNodeRequest(raw, request));
    reply.code(answer.status).headers(answer.headers);
    // A body that was refused half-way is read off, so that its sender can read the answer.
    if (!raw.readableEnded) raw.resume();
    return reply.send(answer.body === "" ? undefined : answer.body);
  });
}
