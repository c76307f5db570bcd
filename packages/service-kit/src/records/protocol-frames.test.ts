/** Frames of the PostgreSQL protocol, however the bytes arrive. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readReply, splitFrames, startupLength, welcome } from './protocol-frames.ts';

const frame = (type: string, body: Uint8Array): Buffer => {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const frames = fc.array(fc.tuple(fc.constantFrom('Q', 'P', 'B', 'D', 'A'), fc.uint8Array({ maxLength: 40 })));

describe('frames', () => {
  it('are found however the bytes arrive', () => {
    fc.assert(
      fc.property(frames, fc.nat(), (list, cut) => {
        const bytes = Buffer.concat(list.map(([type, body]) => frame(type, body)));
        const at = bytes.length === 0 ? 0 : cut % bytes.length;
        const first = splitFrames(bytes.subarray(0, at));
        const second = splitFrames(Buffer.concat([first.rest, bytes.subarray(at)]));
        const found = [...first.frames, ...second.frames].map(({ bytes: part }) => part);
        expect(found).toEqual(list.map(([type, body]) => frame(type, body)));
        expect(second.rest.length).toBe(0);
      }),
    );
  });

  it('of a startup wait for all of it', () => {
    expect(startupLength(Buffer.from([0, 0, 0]))).toBeUndefined();
    expect(startupLength(Buffer.from([0, 0, 0, 8, 0]))).toBeUndefined();
    expect(startupLength(Buffer.from([0, 0, 0, 8, 0, 3, 0, 0, 9]))).toBe(8);
  });
});

describe('a reply', () => {
  const ready = (status: string) => frame('Z', Buffer.from(status));
  const note = frame('A', Buffer.from('x'));
  const data = frame('D', Buffer.from('y'));

  it('parts notifications from the answer', () => {
    const reply = readReply(Buffer.concat([data, note, ready('I')]));
    expect(reply.bytes).toEqual(Buffer.concat([data, ready('I')]));
    expect(reply.notifications).toEqual(note);
  });

  it.each([
    ['I', false],
    ['T', true],
    ['E', true],
  ])('knows from status %s whether a transaction is open', (status, open) => {
    expect(readReply(ready(status)).inTransaction).toBe(open);
    expect(readReply(welcome).inTransaction).toBe(false);
  });

  it('without a status leaves it open', () => {
    expect(readReply(data).inTransaction).toBeUndefined();
  });
});
