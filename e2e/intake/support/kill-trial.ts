/** Kills an intake under load, starts it again, and looks for every event. */
import { countIds, launchIntake, scratchFolder } from "./intake-process.ts";
import { postEvents, startLoad } from "./load.ts";

export interface KillTrialOptions {
  readonly signal: "SIGKILL" | "SIGTERM";
  /** Where events are kept: files, or a spool whose Kafka does not answer. */
  readonly kept: "files" | "spool";
  /** Confirmed events after which the signal is sent. */
  readonly after: number;
  /** Events of one request. @defaultValue 10 */
  readonly batch?: number;
}

export interface KillTrialResult {
  readonly confirmed: number;
  readonly sent: number;
  /** `null` when a signal ended it. */
  readonly exitCode: number | null;
  /** Ids with a 202 that were not found after the kill, or any that was not found when all had been sent again. */
  readonly missing: readonly string[];
  /** Ids that stand there twice, after the kill or when all had been sent again. */
  readonly duplicated: readonly string[];
}

const resendBatch = 500;

export async function tryKill(options: KillTrialOptions): Promise<KillTrialResult> {
  const { signal, kept, after, batch = 10 } = options;
  const folder = scratchFolder();
  const environment = {
    ACTIVITY_DATA_DIR: folder.path,
    ...(kept === "spool" ? { KAFKA_BROKERS: "127.0.0.1:1" } : {}),
  };
  try {
    const first = await launchIntake(environment);
    let told = false;
    const load = startLoad({
      url: first.url,
      name: "kill",
      clients: 4,
      batch,
      onAnswer: ({ confirmed }) => {
        if (confirmed.size < after || told) return;
        told = true; // A second SIGTERM would end it at once.
        void first.end(signal);
      },
    });
    await load.done;
    const exitCode = await first.ended;
    const found = await countIds(folder.path);
    const lost = [...load.confirmed].filter((id) => !found.has(id));

    const second = await launchIntake(environment);
    for (let from = 0; from < load.sent.length; from += resendBatch) {
      const { status, body } = await postEvents(second.url, load.sent.slice(from, from + resendBatch));
      if (status !== 202) throw new Error(`sent again, the events were refused: ${JSON.stringify(body)}`);
    }
    await second.end("SIGKILL");
    const foundAgain = await countIds(folder.path);
    const twice = [...found, ...foundAgain].filter(([, count]) => count > 1).map(([id]) => id);
    return {
      confirmed: load.confirmed.size,
      sent: load.sent.length,
      exitCode,
      missing: [...lost, ...load.sent.filter((id) => !foundAgain.has(id))],
      duplicated: [...new Set(twice)],
    };
  } finally {
    folder.remove();
  }
}
