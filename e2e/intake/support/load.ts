/** Clients that send events to an intake as fast as it answers. */

export interface LoadOptions {
  readonly url: string;
  /** Begins every id, so that no two loads share one. */
  readonly name: string;
  readonly clients: number;
  /** Events of one request. */
  readonly batch: number;
  /** What a client does when an answer is no 202: ends, or sends the same batch again at once. @defaultValue "end" */
  readonly refused?: "end" | "again";
  /** Called after every answer. */
  readonly onAnswer?: (load: Load) => void;
}

export interface Load {
  /** Every id that was sent. */
  readonly sent: readonly string[];
  /** Ids that were answered with 202. */
  readonly confirmed: ReadonlySet<string>;
  /** Answers by status; 0 for a connection that broke. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Answers of 429 and 503 without Retry-After. */
  readonly withoutRetryAfter: number;
  /** Every client ends after the answer that it waits for. */
  stop(): void;
  /** Resolves when all have ended. */
  readonly done: Promise<void>;
}

export function startLoad(options: LoadOptions): Load {
  const { url, name, clients, batch, refused = "end", onAnswer } = options;
  const sent: string[] = [];
  const confirmed = new Set<string>();
  const statuses = new Map<number, number>();
  let stopped = false;
  let withoutRetryAfter = 0;
  const client = async (number: number): Promise<void> => {
    // As long as the names that clients make: an audit takes ids under others for somebody else's.
    const source = `${name}-${number}`.padEnd(21, "_");
    for (let first = 1; !stopped; first += batch) {
      const ids = Array.from({ length: batch }, (_, at) => `${source}.${first + at}`);
      sent.push(...ids);
      let { status, retryAfter } = await postEvents(url, ids);
      note(ids, status, retryAfter);
      while (refused === "again" && !stopped && status !== 202 && status !== 0) {
        ({ status, retryAfter } = await postEvents(url, ids));
        note(ids, status, retryAfter);
      }
      if (status !== 202) return;
    }
  };
  const note = (ids: readonly string[], status: number, retryAfter: string | null): void => {
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (status === 202) for (const id of ids) confirmed.add(id);
    if ((status === 429 || status === 503) && retryAfter === null) withoutRetryAfter++;
    onAnswer?.(load);
  };
  const load: Load = {
    sent,
    confirmed,
    statuses,
    get withoutRetryAfter() {
      return withoutRetryAfter;
    },
    stop: () => {
      stopped = true;
    },
    done: Promise.resolve(),
  };
  const done = Promise.all(Array.from({ length: clients }, (_, number) => client(number))).then(
    () => undefined,
  );
  return Object.assign(load, { done });
}

/** Sends events; status 0 when the connection broke. */
export async function postEvents(
  url: string,
  ids: readonly string[],
): Promise<{ readonly status: number; readonly retryAfter: string | null; readonly body: unknown }> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson" },
      body: ids.map(eventText).join("\n"),
    });
    const body: unknown = await response.json();
    return { status: response.status, retryAfter: response.headers.get("retry-after"), body };
  } catch {
    return { status: 0, retryAfter: null, body: undefined }; // It was killed under the request.
  }
}

/** An event of some 400 bytes. */
export function eventText(id: string): string {
  return JSON.stringify({
    event_id: id,
    event_time: "2026-03-01T12:30:00.250Z",
    event_type: "behavioral",
    event_name: "deploy_success",
    service_name: "local-cli",
    service_version: "2.3.0",
    install_id: "7f5f3b0e-5b7a-4f53-9d35-2f6b1c1f8a51",
    user_id: "usr_0000000000000042",
    organization_id: "org_sales",
    project_id: "prj_revenue",
    os: "linux",
    duration: 1_234,
    note: "x".repeat(60),
  });
}
