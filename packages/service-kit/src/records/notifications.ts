/** LISTEN on one connection of its own, which comes back by itself after it was lost. */
import type { Notification, Pool, PoolClient } from 'pg';
import { escapeIdentifier } from 'pg';

type Listener = (payload: string) => void;

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

export class Notifications {
  readonly #pool: Pool;
  readonly #onError: (error: Error) => void;
  readonly #listeners = new Map<string, Set<Listener>>();
  #client: Promise<PoolClient> | undefined;
  #closed = false;

  constructor(pool: Pool, onError: (error: Error) => void) {
    this.#pool = pool;
    this.#onError = onError;
  }

  async listen(channel: string, fn: Listener): Promise<() => Promise<void>> {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners.add(fn));
    const client = await this.#connected();
    await client.query(`LISTEN ${escapeIdentifier(channel)}`);
    return () => this.#unlisten(channel, fn);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    const client = await this.#client?.catch(() => undefined);
    this.#client = undefined;
    client?.removeAllListeners('notification');
    client?.release(true);
  }

  // The embedded session is shared, and an UNLISTEN there would make every other client deaf: so none is sent.
  async #unlisten(channel: string, fn: Listener): Promise<void> {
    const listeners = this.#listeners.get(channel);
    listeners?.delete(fn);
    if (listeners?.size === 0) this.#listeners.delete(channel);
  }

  #connected(): Promise<PoolClient> {
    this.#client ??= this.#connect().catch((error: unknown) => {
      this.#client = undefined;
      throw error;
    });
    return this.#client;
  }

  async #connect(): Promise<PoolClient> {
    const client = await this.#pool.connect();
    client.on('notification', (message) => this.#deliver(message));
    client.on('error', (error) => this.#lost(client, error));
    return client;
  }

  #deliver({ channel, payload }: Notification): void {
    for (const fn of this.#listeners.get(channel) ?? []) this.#call(fn, payload ?? '');
  }

  #call(fn: Listener, payload: string): void {
    try {
      fn(payload);
    } catch (error) {
      this.#onError(error instanceof Error ? error : new Error('A notification listener failed', { cause: error }));
    }
  }

  #lost(client: PoolClient, error: Error): void {
    this.#onError(error);
    if (this.#closed || this.#client === undefined) return;
    this.#client = undefined;
    client.release(true);
    this.#retry(FIRST_PAUSE_MS);
  }

  #retry(pauseMs: number): void {
    const again = (): void => {
      if (this.#closed || this.#listeners.size === 0) return;
      this.#resume().catch((error: Error) => {
        this.#onError(error);
        this.#retry(Math.min(pauseMs * 2, LONGEST_PAUSE_MS));
      });
    };
    setTimeout(again, pauseMs).unref();
  }

  async #resume(): Promise<void> {
    const client = await this.#connected();
    for (const channel of this.#listeners.keys()) await client.query(`LISTEN ${escapeIdentifier(channel)}`);
    for (const listeners of this.#listeners.values()) for (const fn of listeners) this.#call(fn, '');
  }
}
