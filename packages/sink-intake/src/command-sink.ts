import type {
  ActivityEvent,
  Clock,
  DropReason,
  LedgerSnapshot,
  Problem,
  ProblemHandler,
  Sink,
  TimeoutOptions,
  Timer,
  WriteOptions,
  WriteOutcome,
} from "@activity/core";
import { chooseImportance, defaultLimits, guardHandler, noopSink, sourceOf } from "@activity/core";
import type { JournalRest } from "@activity/spool";
import { SpoolJournal } from "@activity/spool";
import { HeldEvents } from "./held-events.ts";
import { folderOf, requireFolder } from "./intake-place.ts";
import type { IntakeGate, IntakeSinkOptions, OpenIntake, openIntake } from "./intake-sink.ts";
import { isLeftAlone } from "./pause-file.ts";
import { untilDelivered } from "./until-delivered.ts";
import { hasWaitingFiles } from "./waiting-files.ts";

/** What opens a sink that sends: there already, or to be loaded when it is needed. */
export type IntakeOpener =
  | { readonly open: typeof openIntake; readonly load?: undefined; readonly keepCompiled?: undefined }
  | {
      readonly open?: undefined;
      readonly load: () => Promise<typeof openIntake>;
      /** Called when a command with consent has done its work. */
      readonly keepCompiled?: (() => void) | undefined;
    };

/** What a command's sink is made of. */
export interface CommandSinkPort {
  readonly intake: IntakeSinkOptions & { readonly clock: Clock };
  readonly gate: IntakeGate;
  readonly opener: IntakeOpener;
}

/**
 * The sink of a command. It records by itself, into the files of the spool, and opens one that sends only when
 * there is a reason: the command goes on for longer than events may wait, somebody flushes or writes, the disk
 * takes nothing. That one then carries on with what was recorded, in the same files and under the same numbers.
 */
export class CommandSink implements Sink {
  onProblem: ProblemHandler | undefined;
  /** What sends, once it is open. */
  opened: OpenIntake | undefined;
  /** Where events wait for others; `undefined` where there is no place for them. */
  readonly folder: string | undefined;
  readonly #port: CommandSinkPort;
  readonly #journal: SpoolJournal | undefined;
  readonly #held: HeldEvents = new HeldEvents();
  readonly #droppedBy: Partial<Record<DropReason, number>> = {};
  #recorded = 0;
  #handedOver = 0;
  #opening: Promise<void> | undefined;
  /** What sends could not be opened: from then on it is tried no more than once in the time that events may wait. */
  #hasFailed = false;
  #timer: Timer | undefined;
  /** Why no more events are taken. */
  #ended: "closed" | "consent" | undefined;

  /** @throws INVALID_OPTION where `mode: "spool"` has no disk. */
  constructor(port: CommandSinkPort) {
    const { intake } = port;
    this.folder = folderOf(intake);
    if (intake.mode === "spool") requireFolder(this.folder);
    this.#port = port;
    this.onProblem = intake.onProblem;
    const { folder } = this;
    this.#journal = folder === undefined ? undefined : new SpoolJournal({ folder, clock: intake.clock });
    if (port.opener.open !== undefined) this.#carryOn(port.opener.open);
  }

  /** Whether others can send what was recorded, so that a command may end at once. */
  get canLeave(): boolean {
    const holds = this.#journal === undefined || this.#held.count + this.#held.dropped > 0;
    return this.opened === undefined && !holds && !this.#journal.isCrowded();
  }

  /**
   * Opens what sends, unless it is too late. Never rejects; where it cannot be opened, events stay where they are,
   * which is told once, and the next call tries again.
   */
  open(): Promise<void> {
    const { load } = this.#port.opener;
    if (this.opened !== undefined || this.#ended !== undefined || load === undefined)
      return Promise.resolve();
    this.#opening ??= load()
      .then((open) => this.#carryOn(open))
      .catch((cause: unknown) => {
        this.#opening = undefined;
        const message = "what sends events could not be opened; they wait";
        if (!this.#hasFailed) this.#tell({ code: "store", message, cause });
        this.#hasFailed = true;
      });
    return this.#opening;
  }

  record(event: ActivityEvent): void {
    if (this.opened !== undefined) return this.opened.sink.record(event);
    this.#recorded++;
    if (this.#ended !== undefined) return this.#drop(this.#ended, 1);
    this.#keep(event);
    // Held ones die with this process, and in memory nothing is held for long.
    if (this.#held.count > 0 && !this.#hasFailed) void this.open();
    else this.#openLater();
  }

  async write(events: readonly ActivityEvent[], options?: WriteOptions): Promise<WriteOutcome> {
    await this.open();
    return (
      this.opened?.sink.write(events, options) ?? {
        state: "refused",
        reason: { code: this.#ended ?? "closed" },
      }
    );
  }

  async flush({ timeoutMs = defaultLimits.flushMs }: TimeoutOptions = {}): Promise<LedgerSnapshot> {
    if (!this.#hasWork()) return this.stats();
    const leftMs = await this.#openWithin(timeoutMs);
    const othersMs = await this.#timed(leftMs, async () => this.opened?.sink.flush({ timeoutMs: leftMs }));
    await this.#sendOthers(othersMs);
    return this.stats();
  }

  async close({ timeoutMs = defaultLimits.closeMs }: TimeoutOptions = {}): Promise<LedgerSnapshot> {
    if (this.opened === undefined) this.#leave();
    else {
      const leftMs = await this.#timed(timeoutMs, () => this.#sendOthers(timeoutMs));
      await this.opened.sink.close({ timeoutMs: leftMs });
    }
    return this.stats();
  }

  stats(): LedgerSnapshot {
    const dropped = Object.values(this.#droppedBy).reduce((sum, count) => sum + count, 0);
    const own = {
      recorded: this.#recorded,
      handedOver: this.#handedOver,
      dropped,
      pending: this.#recorded - this.#handedOver - dropped,
    };
    if (this.opened === undefined)
      return { ...noopSink().stats(), ...own, droppedBy: { ...this.#droppedBy } };
    const sent = this.opened.sink.stats();
    if (dropped === 0) return sent;
    const droppedBy = { ...sent.droppedBy };
    for (const [reason, count] of Object.entries(this.#droppedBy) as [DropReason, number][])
      droppedBy[reason] = (droppedBy[reason] ?? 0) + count; // Its keys are drop reasons by type.
    return { ...sent, recorded: sent.recorded + dropped, dropped: sent.dropped + dropped, droppedBy };
  }

  discard(reason: DropReason): void {
    if (this.opened !== undefined) return this.opened.sink.discard?.(reason);
    // What else is given up has to be named downstream.
    if (reason !== "consent") return void this.#openWithin(0).then(() => this.opened?.sink.discard?.(reason));
    this.#drop(reason, this.stats().pending);
    this.#end("consent");
    this.#held.clear();
    this.#journal?.discard();
  }

  /** Whether there is something to send: own events, or those of commands that ended otherwise. */
  #hasWork(): boolean {
    if (this.opened !== undefined || this.#recorded > 0) return true;
    return this.folder !== undefined && hasWaitingFiles(this.folder);
  }

  #keep(event: ActivityEvent): void {
    const journal = this.#journal;
    if (journal === undefined || this.#held.count > 0) return this.#hold(event);
    try {
      const source = sourceOf(event);
      if (source !== undefined) journal.begin(source);
      journal.append(event.text, chooseImportance(event, this.#port.intake.importanceOf));
    } catch {
      this.#hold(event); // What sends meets the same disk, and tells of it.
    }
  }

  #hold(event: ActivityEvent): void {
    if (this.#held.add(event)) return;
    this.#drop("capacity", 1);
    if (this.#held.dropped === 1) this.#tellDropped("capacity", "events are being dropped: capacity");
  }

  #openLater(): void {
    const { clock, lingerMs = defaultLimits.batch.lingerMs } = this.#port.intake;
    this.#timer ??= clock.setTimer(() => void this.#sendNow(), lingerMs, { unref: true });
  }

  async #sendNow(): Promise<void> {
    this.#timer = undefined;
    await this.open();
    // They have waited for long enough.
    void this.opened?.sink.flush({ timeoutMs: 0 });
  }

  /** Opens in the time that there is; gives what is left of it. */
  #openWithin(timeoutMs: number): Promise<number> {
    return this.#timed(timeoutMs, () => this.open());
  }

  async #timed(timeoutMs: number, work: () => Promise<unknown>): Promise<number> {
    const { clock } = this.#port.intake;
    const begunAt = clock.monotonic();
    await work();
    return Math.max(0, timeoutMs - (clock.monotonic() - begunAt));
  }

  /** A sink waits for its own events alone; who has none is there for those that others left. */
  async #sendOthers(timeoutMs: number): Promise<void> {
    const { opened, folder } = this;
    if (timeoutMs <= 0 || opened === undefined || opened.sink.stats().recorded > 0) return;
    const { clock } = this.#port.intake;
    const endsAt = clock.monotonic() + timeoutMs;
    const isPaused = (): boolean => folder !== undefined && isLeftAlone(folder, clock.now());
    const enough = (): boolean => clock.monotonic() >= endsAt || (opened.transport.busy === 0 && isPaused());
    await untilDelivered(opened.sink, enough, clock);
  }

  /** In one go, so that no event comes between. */
  #carryOn(open: typeof openIntake): void {
    if (this.#ended !== undefined) return;
    const { intake, gate } = this.#port;
    const carried = { journal: this.#rest(), held: this.#held.all(), drops: this.#held.drops() };
    this.opened = open({ ...intake, onProblem: this.onProblem }, gate, carried);
    // Not before: where it cannot be opened, nobody else has them.
    this.#held.clear();
    this.#journal?.release();
    this.#timer?.cancel();
  }

  #rest(): JournalRest | undefined {
    return this.#journal === undefined || this.#journal.events === 0 ? undefined : this.#journal.rest();
  }

  #leave(): void {
    if (this.#ended !== undefined) return;
    const { count } = this.#held;
    this.#end("closed");
    this.#drop("closed", count);
    if (count > 0) this.#tellDropped("closed", `${count} event(s) were left at close`);
    this.#handedOver = this.#journal?.events ?? 0;
    this.#journal?.leave();
  }

  #end(why: "closed" | "consent"): void {
    this.#ended = why;
    this.#timer?.cancel();
  }

  #drop(reason: DropReason, count: number): void {
    if (count > 0) this.#droppedBy[reason] = (this.#droppedBy[reason] ?? 0) + count;
  }

  #tellDropped(reason: DropReason, message: string): void {
    this.#tell({ code: "dropped", message, reason: { code: reason } });
  }

  #tell(problem: Problem): void {
    if (this.onProblem !== undefined) guardHandler(this.onProblem)(problem);
  }
}
