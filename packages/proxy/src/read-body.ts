import { httpContract, quote } from "@activity/core";
import { Refusal } from "./answer.ts";
import type { BodyAccount } from "./body-meter.ts";
import { concatBytes } from "./concat-bytes.ts";
import type { Deadlines } from "./deadlines.ts";
import { isStillCoded, readParsed } from "./parsed-body.ts";
import type { ProxyLimits } from "./proxy-options.ts";
import type { BodyDecoder, ProxyRequest, RequestBody } from "./request.ts";
import { BodyTooLarge } from "./request.ts";

/** A whole body, its coding undone. */
export type ReadBody = Uint8Array | string;

/** What reading needs. */
export interface ReadBodyContext {
  readonly limits: ProxyLimits;
  /** As long as a body may take. */
  readonly deadlines: Deadlines;
  readonly account: BodyAccount;
}

/**
 * Reads a body under the cap, in time, and decodes it under the same cap.
 *
 * @throws Refusal 400, 408, 413, 415, 500 or 503.
 */
export async function readBody(request: ProxyRequest, context: ReadBodyContext): Promise<ReadBody> {
  const coding = (request.header("content-encoding") ?? "identity").trim().toLowerCase();
  const decode = decoderOf(request, coding);
  const { maxBodyBytes } = context.limits;
  if (Number(request.header("content-length") ?? 0) > maxBodyBytes) throw tooLarge(context.limits);
  const body = request.body();
  if (body.kind !== "stream") {
    const { read, size } = readParsed(body, coding);
    if (size > maxBodyBytes) throw tooLarge(context.limits);
    context.account.add(size);
    if (typeof read === "string" || !isStillCoded(read, coding)) return read;
    return undo(read, { ...context, decode, coding });
  }
  const bytes = await collect(body.read, context);
  return decode === undefined ? bytes : undo(bytes, { ...context, decode, coding });
}

interface Coding {
  /** `undefined` for a body that comes as it is. */
  readonly decode: BodyDecoder | undefined;
  readonly coding: string;
}

async function undo(
  bytes: Uint8Array,
  { limits, account, decode, coding }: ReadBodyContext & Coding,
): Promise<Uint8Array> {
  if (decode === undefined) return bytes;
  try {
    const decoded = await decode(bytes, limits.maxBodyBytes);
    account.add(decoded.length);
    return decoded;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (error instanceof BodyTooLarge) throw tooLarge(limits);
    throw new Refusal({
      status: httpContract.status.unreadable,
      code: "undecodable",
      detail: `the body is not whole, valid ${coding}`,
    });
  }
}

/** The 413 that makes a client halve its batch. */
export function tooLarge(
  limits: ProxyLimits,
  code: "body_too_large" | "too_many_events" = "body_too_large",
): Refusal {
  const { maxBodyBytes, maxEventBytes, maxEvents } = limits;
  const detail =
    code === "body_too_large"
      ? `the body has more than ${maxBodyBytes} bytes (limits.maxBodyBytes), on the wire or decoded`
      : `the body has more than ${maxEvents} events (limits.maxEvents)`;
  return new Refusal({
    status: httpContract.status.tooLarge,
    code,
    detail,
    members: { max_body_bytes: maxBodyBytes, max_event_bytes: maxEventBytes, max_events: maxEvents },
  });
}

/** What bodies may be coded with here, as `Accept-Encoding` says it in an answer (RFC 9110 §12.5.3). */
export function codingsOf({ decoders }: Pick<ProxyRequest, "decoders">): string {
  return ["identity", ...Object.keys(decoders)].join(", ");
}

function decoderOf(request: ProxyRequest, coding: string): BodyDecoder | undefined {
  if (coding === "identity" || coding === "") return undefined;
  if (Object.hasOwn(request.decoders, coding)) return request.decoders[coding];
  const known = codingsOf(request);
  throw new Refusal({
    status: httpContract.status.unknownMediaType,
    code: "unknown_coding",
    detail: `the body's coding is ${quote(coding)}; it must be one of ${known}`,
    headers: { "accept-encoding": known },
  });
}

function collect(
  read: Extract<RequestBody, { kind: "stream" }>["read"],
  { limits, deadlines, account }: ReadBodyContext,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const take = (chunk: Uint8Array): void => {
    size += chunk.length;
    if (size > limits.maxBodyBytes) throw tooLarge(limits);
    account.add(chunk.length);
    parts.push(chunk);
  };
  return new Promise((resolve, reject) => {
    const deadline = deadlines.set(() => reject(slowBody(limits)));
    const whole = (): void => {
      deadline.cancel();
      resolve(concatBytes(parts, size));
    };
    const broken = (error: unknown): void => {
      deadline.cancel();
      reject(error instanceof Refusal ? error : incomplete(size));
    };
    // Memory for the whole may be what is missing.
    read(take).then(whole, broken).catch(reject);
  });
}

function slowBody({ bodyTimeoutMs }: ProxyLimits): Refusal {
  return new Refusal({
    status: httpContract.status.slowBody,
    code: "slow_body",
    detail: `the body did not arrive within ${bodyTimeoutMs} ms (limits.bodyTimeoutMs)`,
    headers: { connection: "close" },
  });
}

function incomplete(size: number): Refusal {
  return new Refusal({
    status: httpContract.status.unreadable,
    code: "body_incomplete",
    detail: `the connection ended ${size} bytes into the body`,
  });
}
