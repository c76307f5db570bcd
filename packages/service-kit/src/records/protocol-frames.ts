/** The frames of PostgreSQL's wire protocol (version 3): one type byte, a length of four bytes, a body. */

const HEADER = 5;

/** Frame types that this room needs to tell apart (PostgreSQL manual, "Message Formats"). */
export const frameTypes = {
  query: 0x51, // Q
  sync: 0x53, // S
  flush: 0x48, // H
  terminate: 0x58, // X
  notification: 0x41, // A
  readyForQuery: 0x5a, // Z
} as const;

export interface Frame {
  readonly type: number;
  readonly bytes: Buffer;
}

/** Splits bytes into whole frames and the rest that is still incomplete. */
export function splitFrames(bytes: Buffer): { readonly frames: readonly Frame[]; readonly rest: Buffer } {
  const frames: Frame[] = [];
  let at = 0;
  while (bytes.length - at >= HEADER) {
    const end = at + 1 + bytes.readUInt32BE(at + 1);
    if (end > bytes.length) break;
    frames.push({ type: bytes.readUInt8(at), bytes: bytes.subarray(at, end) });
    at = end;
  }
  return { frames, rest: bytes.subarray(at) };
}

/** The first packet of a connection has no type byte; its length stands first. */
export function startupLength(bytes: Buffer): number | undefined {
  if (bytes.length < 4) return undefined;
  const length = bytes.readUInt32BE(0);
  return bytes.length < length ? undefined : length;
}

const frame = (type: string, body: readonly number[]): Buffer =>
  Buffer.from([type.charCodeAt(0), 0, 0, 0, body.length + 4, ...body]);

/** What a server answers to a startup packet: authenticated, ready, no transaction. */
export const welcome = Buffer.concat([frame('R', [0, 0, 0, 0]), frame('Z', ['I'.charCodeAt(0)])]);

export interface Reply {
  /** What the asking client gets. */
  readonly bytes: Buffer;
  /** What every listening client gets. */
  readonly notifications: Buffer;
  /** Is a transaction open, by the last ReadyForQuery? Undefined where none came (a flush). */
  readonly inTransaction: boolean | undefined;
}

/** Parts the notifications from the answer and reads the state of the transaction. */
export function readReply(bytes: Buffer): Reply {
  const { frames } = splitFrames(bytes);
  const notified = frames.filter(({ type }) => type === frameTypes.notification);
  const ready = frames.findLast(({ type }) => type === frameTypes.readyForQuery);
  const answer = notified.length === 0 ? bytes : join(frames.filter(({ type }) => type !== frameTypes.notification));
  return {
    bytes: answer,
    notifications: join(notified),
    inTransaction: ready === undefined ? undefined : ready.bytes.readUInt8(HEADER) !== 'I'.charCodeAt(0),
  };
}

const join = (frames: readonly Frame[]): Buffer => Buffer.concat(frames.map(({ bytes }) => bytes));
