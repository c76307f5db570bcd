/** The wire between `pg` and the embedded database: a socket in memory that speaks PostgreSQL's own protocol to PGlite. */
import { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { PGlite } from '@electric-sql/pglite';
import { Lock } from './lock.ts';
import { frameTypes, type Reply, readReply, splitFrames, startupLength, welcome } from './protocol-frames.ts';

/**
 * PGlite is one PostgreSQL session; a pool needs many. Each `pg.Client` gets a wire of its own, and a wire holds the
 * session from its first statement until the server says that no transaction is open (ReadyForQuery `I`). So a
 * transaction is exclusive however its SQL is written, and types, errors and pooling are those of `pg` itself.
 * Nothing else may touch the PGlite instance: its own `transaction()` does not know this lock.
 */
export class EmbeddedSession {
  readonly #database: PGlite;
  readonly #lock = new Lock();
  readonly #wires = new Set<Wire>();

  constructor(database: PGlite) {
    this.#database = database;
  }

  /** The `stream` option of a `pg.Client`. */
  readonly open = (): Duplex => {
    const wire = new Wire(this);
    this.#wires.add(wire);
    wire.once('close', () => this.#wires.delete(wire));
    return wire;
  };

  acquire(): Promise<() => void> {
    return this.#lock.acquire();
  }

  async run(messages: Buffer): Promise<Reply> {
    const chunks: Uint8Array[] = [];
    // The chunk is a view into the database's memory: copy it before the next call moves that memory.
    await this.#database.execProtocolRawStream(messages, { onRawData: (bytes) => chunks.push(bytes.slice()) });
    // PGlite works on this thread: without a turn of the event loop a busy client would starve timers and sockets.
    await setImmediate();
    return readReply(Buffer.concat(chunks));
  }

  /** Every wire hears every channel, as the one session has all LISTENs; who listens picks by channel. */
  broadcast(notifications: Buffer): void {
    if (notifications.length === 0) return;
    for (const wire of this.#wires) wire.push(notifications);
  }
}

const ROLLBACK = Buffer.concat([Buffer.from([frameTypes.query, 0, 0, 0, 13]), Buffer.from('ROLLBACK\0')]);
/** After these the server answers; everything before them is collected. */
const answered: ReadonlySet<number> = new Set([frameTypes.query, frameTypes.sync, frameTypes.flush]);

/** One client's side. The methods of `net.Socket` that `pg` calls are here, the others are not needed in memory. */
class Wire extends Duplex {
  readonly #session: EmbeddedSession;
  #started = false;
  #unread: Buffer = Buffer.alloc(0);
  #batch: Buffer[] = [];
  #release: (() => void) | undefined;

  constructor(session: EmbeddedSession) {
    super();
    this.#session = session;
  }

  connect(): this {
    queueMicrotask(() => this.emit('connect'));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    this.#advance().then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#abandon().then(
      () => done(error),
      () => done(error),
    );
  }

  async #advance(): Promise<void> {
    if (!this.#started && !this.#welcome()) return;
    const { frames, rest } = splitFrames(this.#unread);
    this.#unread = rest;
    for (const { type, bytes } of frames) {
      if (type === frameTypes.terminate) {
        this.push(null);
        return;
      }
      this.#batch.push(bytes);
      if (answered.has(type)) await this.#flush();
    }
  }

  #welcome(): boolean {
    const length = startupLength(this.#unread);
    if (length === undefined) return false;
    this.#unread = this.#unread.subarray(length);
    this.#started = true;
    this.push(welcome);
    return true;
  }

  async #flush(): Promise<void> {
    const messages = Buffer.concat(this.#batch.splice(0));
    this.#release ??= await this.#session.acquire();
    const reply = await this.#session.run(messages);
    if (reply.inTransaction === false) this.#letGo();
    this.push(reply.bytes);
    this.#session.broadcast(reply.notifications);
  }

  #letGo(): void {
    this.#release?.();
    this.#release = undefined;
  }

  /** A client that goes away inside a transaction leaves nothing behind. */
  async #abandon(): Promise<void> {
    if (this.#release === undefined) return;
    try {
      await this.#session.run(ROLLBACK);
    } finally {
      this.#letGo();
    }
  }
}
