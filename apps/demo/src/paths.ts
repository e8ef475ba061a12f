/** The six ways an event can take, told apart by the service that recorded it. */
export const paths = [
  { number: 1, service: "admin-server", title: "cloud admin server → Kafka" },
  { number: 2, service: "runtime-server", title: "cloud runtime → Kafka" },
  { number: 3, service: "admin-ui", title: "cloud admin UI → admin server → Kafka" },
  { number: 4, service: "acme-cli", title: "local CLI → intake" },
  { number: 5, service: "local-ui", title: "local UI → local server → intake" },
  { number: 6, service: "local-runtime", title: "local runtime → intake" },
] as const;

/** A service of {@link paths}. */
export type PathService = (typeof paths)[number]["service"];

/** The script that sends the way most programs do, for comparison. */
export const controlService = "control";
