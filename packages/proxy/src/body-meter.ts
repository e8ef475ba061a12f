import { unavailable } from "./answer.ts";

/** How many bytes of bodies are held now, over all requests of a proxy. */
export class BodyMeter {
  readonly #maxBytes: number;
  #held = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get heldBytes(): number {
    return this.#held;
  }

  /** Opens an account for one request. */
  open(): BodyAccount {
    let own = 0;
    let released = false;
    return {
      add: (bytes) => {
        // A body that goes on arriving after its request was answered is not held.
        if (released) throw unavailable("busy", "the request has been answered");
        if (this.#held + bytes > this.#maxBytes)
          throw unavailable("busy", "too many bodies are in flight (limits.maxBytesInFlight)");
        own += bytes;
        this.#held += bytes;
      },
      release: () => {
        this.#held -= own;
        own = 0;
        released = true;
      },
    };
  }
}

/** What one request holds. */
export interface BodyAccount {
  /** @throws Refusal 503 where there is no room, or when everything has been given back. */
  add(bytes: number): void;
  /** Gives everything back. */
  release(): void;
}
