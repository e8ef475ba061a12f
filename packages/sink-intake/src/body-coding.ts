/** What a body may be coded with. */
export type Coding = "identity" | "gzip" | "zstd";

type ZlibModule = typeof import("node:zlib");
type Compress = (bytes: Uint8Array) => Promise<Uint8Array>;

/**
 * Codes bodies with the best that both sides are known to have: gzip until an answer's `Accept-Encoding`
 * says what else the server takes (RFC 9110 §12.5.3).
 */
export class BodyCoding {
  #coding: Coding;
  readonly #compressors: Readonly<Record<Exclude<Coding, "identity">, Compress | undefined>>;

  /** @param level Of gzip, from 1 to 9; `false` for no coding at all, whatever the server takes. */
  constructor(level: number | false, zlib: ZlibModule) {
    this.#coding = level === false ? "identity" : "gzip";
    const none = level === false;
    this.#compressors = {
      gzip: none ? undefined : (bytes) => callback((done) => zlib.gzip(bytes, { level, chunkSize }, done)),
      // Node has it since 22.15; another runtime may not.
      zstd:
        none || typeof zlib.zstdCompress !== "function"
          ? undefined
          : (bytes) =>
              callback((done) =>
                zlib.zstdCompress(
                  bytes,
                  { chunkSize, params: { [zlib.constants.ZSTD_c_compressionLevel]: zstdLevel } },
                  done,
                ),
              ),
    };
  }

  /** Codes a body; returns what it is coded with. */
  async encode(bytes: Uint8Array): Promise<{ readonly coding: Coding; readonly body: Uint8Array }> {
    const coding = this.#coding;
    const compress = coding === "identity" ? undefined : this.#compressors[coding];
    // Copied where it is not compressed: the batch's bytes are not ours to keep.
    return { coding, body: compress === undefined ? bytes.slice() : await compress(bytes) };
  }

  /** Notes what an answer says that its server takes; returns whether that leaves out the coding just used. */
  learn(acceptEncoding: string | null, used: Coding): boolean {
    if (acceptEncoding === null) return false;
    const taken = parseAcceptEncoding(acceptEncoding);
    const takes = (coding: Coding): boolean => taken.has(coding) || taken.has("*");
    const best = (["zstd", "gzip"] as const).find(
      (coding) => this.#compressors[coding] !== undefined && takes(coding),
    );
    this.#coding = best ?? "identity";
    return used !== "identity" && !takes(used);
  }
}

/** Bytes that a full request comes to at most, as a rule: then its coding goes to another thread and back once. */
const chunkSize = 65_536;

/** Beats gzip's level 1 in size and time alike. */
const zstdLevel = 1;

function callback(start: (done: (error: Error | null, result: Buffer) => void) => unknown): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    start((error, result) => (error === null ? resolve(result) : reject(error)));
  });
}

/** The codings that a header names and does not weigh with 0. */
function parseAcceptEncoding(header: string): ReadonlySet<string> {
  const codings = header.split(",").flatMap((part) => {
    const [name = "", ...parameters] = part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/);
    return parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter)) ? [] : [name];
  });
  return new Set(codings);
}
