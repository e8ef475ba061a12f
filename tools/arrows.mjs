/**
 * Which package may import what: the arrows of the architecture, which point down only. `main` is what any file of the
 * package may import; a folder under `folders` may import more, and only itself, `testing` and tests may import its
 * values (types are free).
 * `./FOLDER` opens another folder of the package. An entry that ends in `*` allows everything that begins so. Tests may import anything that is installed.
 */
export const arrows = {
  core: {
    main: ["nanoid"],
    folders: {
      schema: ["valibot"],
      catalog: ["@standard-schema/spec", "valibot", "@valibot/to-json-schema"],
      node: ["node:*", "@opentelemetry/api"],
      testing: ["nanoid"],
    },
  },
  spool: { main: ["@activity/core*", "node:*"] },
  "sink-kafka": { main: ["@activity/core*", "@activity/spool", "kafkajs*", "lz4-napi", "node:*"] },
  "sink-intake": { main: ["@activity/core*", "@activity/spool", "ky", "node:*"] },
  browser: {
    main: ["@activity/core"],
    folders: {
      vitals: ["web-vitals"],
      validate: ["@activity/core/*", "@standard-schema/spec"],
      testing: ["@activity/core/*"],
    },
  },
  proxy: {
    main: ["@activity/core*"],
    folders: {
      node: ["node:*", "express", "connect"],
      fastify: ["node:*", "fastify", "./node"],
      bots: ["./node"],
      metrics: ["./node"],
    },
  },
  intake: {
    main: [
      "@activity/core*",
      "@activity/proxy*",
      "@activity/spool*",
      "@activity/sink-kafka*",
      "@duckdb/node-api",
      "kafkajs",
      "prom-client",
      "node:*",
    ],
  },
};
