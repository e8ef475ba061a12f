/** The event that names numbers which will not arrive. */
export const eventsDropped = "events_dropped";
/** The last event of a source. */
export const sourceClosed = "source_closed";

/** Names of events that activity itself records, or that several producers share. The list is open. */
export const eventNames = {
  // telemetry
  /** Events were given up: `reason`, `count`, `counts_by_type`, `ranges`. */
  eventsDropped: "events_dropped",
  /** A source has ended: `last` is its highest number. */
  sourceClosed: "source_closed",
  // behavioral: CLI
  /** A CLI was installed: `os`, `arch`. */
  installSuccess: "install_success",
  /** An application was started: `connectors`, `olap_connector`. */
  appStart: "app_start",
  loginStart: "login_start",
  loginSuccess: "login_success",
  deployStart: "deploy_start",
  deploySuccess: "deploy_success",
  githubConnectedStart: "ghconnected_start",
  githubConnectedSuccess: "ghconnected_success",
  dataAccessStart: "dataaccess_start",
  dataAccessSuccess: "dataaccess_success",
  // behavioral: pages
  /** A path was opened; a change of search parameters alone is none. */
  pageView: "page_view",
  navigate: "navigate",
  deployIntent: "deploy_intent",
  userInvite: "user_invite",
  /** A user signed in: both ids. */
  userIdentified: "user_identified",
  exampleAdd: "example_add",
  sourceAdd: "source_add",
  sourceSuccess: "source_success",
  sourceCancel: "source_cancel",
  sourceModal: "source_modal",
  // error
  /** The default name of `recordError`. */
  error: "error",
  sourceError: "source_error",
  connectorError: "connector_error",
  errorBoundary: "error_boundary",
  // metric
  dataDirSizeBytes: "data_dir_size_bytes",
  duckdbEstimatedSizeBytes: "duckdb_estimated_size_bytes",
  duckdbQueueLatencyMs: "duckdb_queue_latency_ms",
  reconcileElapsedMs: "reconcile_elapsed_ms",
  // active
  /** A page was in use in this minute: `focused_seconds`, `focus_count`. */
  active: "active",
  // billing
  /** Slots of a project, once an hour. */
  projectProdSlots: "project_prod_slots",
  /** Users outside the organisation, by a hashed subject. */
  externalUsers: "external_users",
} as const;
