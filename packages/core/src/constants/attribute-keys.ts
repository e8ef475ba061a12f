/** Attribute keys shared by all producers, in the spelling of the wire. */
export const attributeKeys = {
  /** Name of the emitting service, such as `admin-server`. */
  serviceName: "service_name",
  /** Its version. */
  serviceVersion: "service_version",
  /** The commit it was built from. */
  serviceCommit: "service_commit",
  /** `true` for development builds and machines. */
  isDev: "is_dev",
  /** One installation of a CLI or of a local application. */
  installId: "install_id",
  /** The signed-in user. */
  userId: "user_id",
  /** A browser's persistent id. */
  clientId: "client_id",
  /** One visit: ends after 30 minutes without activity or 24 hours. */
  sessionId: "session_id",
  organizationId: "organization_id",
  projectId: "project_id",
  instanceId: "instance_id",
  /** The application a page belongs to. */
  appName: "app_name",
  /** The build of a page. */
  buildId: "build_id",
  /** The version of a page or CLI. */
  version: "version",
  /** How a page is used: `read-only` or `edit`. */
  mode: "mode",
  /** Where a page event happened, without tokens, credentials and query values. */
  pageUrl: "page_url",
  locale: "locale",
  browser: "browser",
  os: "os",
  deviceModel: "device_model",
  screenName: "screen_name",
  sourceScreen: "source_screen",
  /** What a person did: the verb of a behavioural event. */
  action: "action",
  /** What it was done with: `button`, `menu`, `card`, `tab` … */
  medium: "medium",
  /** Where on the screen: `workspace`, `modal`, `panels`. */
  space: "space",
  entityId: "entity_id",
  count: "count",
  connectionType: "connection_type",
  /** Milliseconds. */
  duration: "duration",
  /** The number of a metric. */
  value: "value",
  /** Which part of events like this one was kept by sampling, in (0, 1]. */
  sampleRate: "sample_rate",
  /** OpenTelemetry's ids of the trace and span in which the event was recorded (W3C Trace Context, hex). */
  traceId: "trace_id",
  spanId: "span_id",
  /** When a client sent an event and when a server took it; stamps, spliced in on request. */
  sentAt: "sent_at",
  receivedAt: "received_at",
} as const;

/** Keys that only activity itself may set on an event; an attribute of that name is left out and named. */
export const reservedKeys = [
  "event_id",
  "event_time",
  "event_type",
  "event_name",
  "truncated",
  "truncated_attributes",
  "truncated_attributes_omitted",
  "encoding_problems",
  "encoding_problems_omitted",
  "attributes_omitted",
] as const;
