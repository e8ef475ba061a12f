/** Sizes are rounded up to this, so that a lease fits where another was. */
const stepBytes = 65_536;
/** Rooms kept for reuse. */
const maxFree = 4;

/**
 * Memory for the bytes of leases, used again when a lease has ended. Made anew for each, it would be garbage
 * of the size of everything that is sent, and an engine looks through its whole heap for such.
 */
export class LeaseRooms {
  readonly #free: Uint8Array<ArrayBuffer>[] = [];

  /** A room of at least so many bytes, whatever stands in it. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    const room = this.#free.pop();
    return room !== undefined && room.length >= bytes
      ? room
      : new Uint8Array(Math.ceil(bytes / stepBytes) * stepBytes);
  }

  /** Gives a room back that nobody looks at any more. */
  give(room: Uint8Array<ArrayBuffer>): void {
    if (this.#free.length < maxFree) this.#free.push(room);
  }
}
