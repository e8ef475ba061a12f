/** A body as it arrived: a stream of bytes, or what a parser in front of the proxy made of it. */
export type RequestBody =
  | {
      readonly kind: "stream";
      /** Gives chunk after chunk to `take` and resolves at the end. Rejects with what `take` throws, and where the body is not whole. */
      readonly read: (take: (chunk: Uint8Array) => void) => Promise<void>;
    }
  /** `text` has had its content coding undone; of `bytes` it is undone here where they still begin like coded ones. A `value` has lost its spelling: large integers are rounded before they get here. */
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "value"; readonly value: unknown }
  /** Somebody read the stream and kept nothing. */
  | { readonly kind: "consumed" };

/** Undoes one content coding of a whole body. Rejects with {@link BodyTooLarge} when the result would exceed `maxBytes`. */
export type BodyDecoder = (bytes: Uint8Array, maxBytes: number) => Promise<Uint8Array>;

const brand = Symbol.for("@activity/body-too-large");

/** Thrown by a {@link BodyDecoder}. Recognised across duplicate installs and module formats. */
export class BodyTooLarge extends Error {
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && brand in value;
  }

  constructor() {
    super("the decoded body is larger than it may be");
    this.name = "BodyTooLarge";
    Object.defineProperty(this, brand, { value: true });
  }
}

/** A request as the proxy sees it, whatever framework it came through. */
export interface ProxyRequest {
  readonly method: string;
  /** The value of a header; `name` is in lower case. */
  header(name: string): string | undefined;
  /** Asked for once, after everything that headers can say was found right. */
  body(): RequestBody;
  /** The text of some UTF-8, a byte order mark kept, or `undefined` where it is not valid. @defaultValue by `TextDecoder` */
  readonly decodeUtf8?: ((bytes: Uint8Array) => string | undefined) | undefined;
  /** Content codings that can be undone here, `identity` aside. */
  readonly decoders: Readonly<Record<string, BodyDecoder>>;
  /** The address at the other end of the connection, where the runtime tells it. */
  readonly address?: string | undefined;
  /** The framework's own request, for `authenticate`. */
  readonly native: unknown;
}
