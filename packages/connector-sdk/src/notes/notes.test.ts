/** Notes against those of other implementations, and against whoever changes a character of them. */
import { emptyFrontier, grow, headOf, leafHash } from '@revier/core';
import { AppError, type PublicKey } from '@revier/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actor } from '../signatures/actors.case.ts';
import { createSigner } from '../signatures/keys.ts';
import {
  type Checkpoint,
  checkpointText,
  openCheckpoint,
  originOf,
  parseCheckpoint,
  signCheckpoint,
} from './checkpoint.ts';
import { cosign, cosignedAt } from './cosignature.ts';
import { followStep, hashText } from './follow.ts';
import { noteKeyId, noteText, parseNote, parseSignature, signatureLine, verifyBytes } from './note.ts';

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
/** The key behind a verifier key `name+id+base64(type || key)`. */
const keyIn = (encoded: string): PublicKey => ({
  kty: 'OKP',
  crv: 'Ed25519',
  x: base64url(Buffer.from(encoded, 'base64').subarray(1)),
});
const signerIn = (secret: string, open: string) =>
  createSigner({ ...keyIn(open), d: base64url(Buffer.from(secret, 'base64').subarray(1)) });

/** golang.org/x/mod/sumdb/note, note_test.go. */
const peter = {
  name: 'PeterNeumann',
  keyId: 'c74f20a3',
  open: 'ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  secret: 'AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz',
  note:
    'If you think cryptography is the answer to your problem,\n' +
    "then you don't know what your problem is.\n" +
    '\n' +
    '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
};

/** Written by github.com/transparency-dev/formats v0.1.1 (NewSignerForCosignatureV1) from fixed seeds. */
const foreign = {
  log: { name: 'example.com/vector-log', keyId: '4516a1da', open: 'ARGkVJ4QEa2MOOLGBO6i7NVSJ1FQ97tIX+w+Ku0RZ6Em' },
  witness: {
    name: 'witness.example.com/vector',
    keyId: '416f103d',
    open: 'BK/QmJFVP3SKJOqAMhFxBQPtylo3sjwWibyFDAlZKK8B',
    secret: 'BJEX3xv88eoQIKT4E+GkxZcXaJCYlQfi/GJ3NDFmZIW8',
  },
  seconds: 1791014171,
  line: '— witness.example.com/vector QW8QPQAAAABqwLUbDdj7sDNRIVjmjYgqFI6y4UJhPg/UAA8J8wAdqSd3q4PedRhkgXA4xFN/Jg5uWn7ZkBA+H/UHQs5d9hITdXmQAA==',
  note:
    'example.com/vector-log\n1234\nSBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=\n\n' +
    '— example.com/vector-log RRah2qlLrSlk6J8DA1HmNewppUM15Quhs5cAIb1KjBsV3otVirJTW8AFVsQtJkTW1Zny7GuoAxZpI6bUPcpM68QOIgE=\n' +
    '— witness.example.com/vector QW8QPQAAAABqwLUbDdj7sDNRIVjmjYgqFI6y4UJhPg/UAA8J8wAdqSd3q4PedRhkgXA4xFN/Jg5uWn7ZkBA+H/UHQs5d9hITdXmQAA==\n',
};

describe('notes of other implementations', () => {
  it('have the key ids that we compute', () => {
    expect(noteKeyId(peter.name, 'note', keyIn(peter.open))).toBe(peter.keyId);
    expect(noteKeyId(foreign.log.name, 'note', keyIn(foreign.log.open))).toBe(foreign.log.keyId);
    expect(noteKeyId(foreign.witness.name, 'cosignature', keyIn(foreign.witness.open))).toBe(foreign.witness.keyId);
  });

  it('are read, verified and written to the byte', async () => {
    const note = parseNote(peter.note);
    const [signature] = note.signatures;
    expect(verifyBytes(keyIn(peter.open), note.text, signature?.bytes ?? new Uint8Array())).toBe(true);
    const signer = await signerIn(peter.secret, peter.open);
    const { name, keyId } = peter;
    expect(noteText({ text: note.text, signatures: [{ name, keyId, bytes: signer.signLines(note.text) }] })).toBe(
      peter.note,
    );
  });

  it('are checkpoints with cosignatures, which we read, verify and write to the byte', async () => {
    const { checkpoint, note } = openCheckpoint(foreign.note, foreign.log.name, [keyIn(foreign.log.open)]);
    expect(checkpoint.size).toBe(1234);
    expect(cosignedAt(note, foreign.witness.name, [keyIn(foreign.witness.open)])).toBe(foreign.seconds);
    const signer = await signerIn(foreign.witness.secret, foreign.witness.open);
    const { seconds, witness } = foreign;
    expect(cosign(note.text, { name: witness.name, signer, seconds })).toBe(foreign.line);
    expect(signatureLine(parseSignature(foreign.line))).toBe(foreign.line);
  });
});

const owner = await actor('registry', 'data-holder');
const witness = await actor('bochum', 'data-holder');
const origin = originOf(owner.id, 'test');
const name = originOf(witness.id, 'test');

const headsOf = (entries: readonly string[]): Checkpoint[] => {
  let edge = emptyFrontier;
  return entries.map((entry) => {
    edge = grow(edge, leafHash(Buffer.from(entry))).frontier;
    return { origin, size: edge.size, hash: headOf(edge) };
  });
};
const [one, two] = headsOf(['a', 'b']);
const [, forked] = headsOf(['a', 'x']);
if (one === undefined || two === undefined || forked === undefined) throw new Error('three heads');
const signed = (checkpoint: Checkpoint) => signCheckpoint(checkpoint, owner.signer);
const keys = [owner.keys.publicKey];

describe('a checkpoint', () => {
  it('is what its log has signed, and names log, size and head', () => {
    expect(openCheckpoint(signed(two), origin, keys).checkpoint).toEqual({ ...two, hash: Uint8Array.from(two.hash) });
    expect(checkpointText(two).split('\n').slice(0, 2)).toEqual(['registry.example/revier-test', '2']);
  });

  it('cannot be signed by somebody else, for another log, or in another realm', () => {
    const byAnother = signCheckpoint(two, witness.signer);
    expect(() => openCheckpoint(byAnother, origin, keys)).toThrow(AppError);
    expect(() => openCheckpoint(signed(two), name, keys)).toThrow(AppError);
    expect(() => openCheckpoint(signed(two), originOf(owner.id, 'production'), keys)).toThrow(AppError);
    expect(() => openCheckpoint(signed(two), origin, [])).toThrow(AppError);
  });

  it('holds no longer when any character is another', () => {
    const note = signed(two);
    fc.assert(
      fc.property(fc.nat(note.length - 1), fc.constantFrom('0', 'A', 'z', '\n', ' ', '=', '+'), (at, character) => {
        fc.pre(note[at] !== character);
        expect(() => openCheckpoint(note.slice(0, at) + character + note.slice(at + 1), origin, keys)).toThrow(
          AppError,
        );
      }),
    );
  });

  it.each([
    ['a size with a zero in front', 'a\n01\nroot\n'],
    ['a negative size', 'a\n-1\nroot\n'],
    ['a size beyond counting', 'a\n9999999999999999\nroot\n'],
    ['no origin', '\n1\nroot\n'],
    ['a line more', 'a\n1\nroot\nmore\n'],
    ['a short head', 'a\n1\nAAAA\n'],
  ])('has not %s', (_, text) => {
    const root = Buffer.alloc(32).toString('base64');
    expect(parseCheckpoint(`a\n1\n${root}\n`).size).toBe(1);
    expect(() => parseCheckpoint(text.replace('root', root))).toThrow(AppError);
  });

  it.each([
    ['without a blank line', 'text\n— a AAAAAAAA\n'],
    ['with a control character', 'te\txt\n\n— a AAAAAAAA\n'],
    ['without a signature', 'text\n\n'],
    ['with a name that has a plus', 'text\n\n— a+b AAAAAAAA\n'],
    ['with base64 of another form', 'text\n\n— a AAAAAAB=\n'],
    ['too long', `${'x'.repeat(70_000)}\n\n— a AAAAAAAA\n`],
  ])('is no note %s', (_, whole) => {
    expect(() => parseNote(whole)).toThrow(AppError);
  });
});

describe('a cosignature', () => {
  const text = checkpointText(two);
  const line = cosign(text, { name, signer: witness.signer, seconds: 1_800_000_000 });
  const noteWith = (added: string) => parseNote(`${signed(two)}${added}\n`);

  it('tells when the witness saw the log so', () => {
    expect(cosignedAt(noteWith(line), name, [witness.keys.publicKey])).toBe(1_800_000_000);
  });

  it('is none of another witness, text or time, and none is made of the signature of a log', () => {
    expect(() => cosignedAt(noteWith(line), name, keys)).toThrow(AppError);
    expect(() =>
      cosignedAt({ ...noteWith(line), text: checkpointText(one) }, name, [witness.keys.publicKey]),
    ).toThrow();
    const later = parseSignature(line);
    later.bytes[7] = (later.bytes[7] ?? 0) ^ 1;
    expect(() => cosignedAt(noteWith(signatureLine(later)), name, [witness.keys.publicKey])).toThrow(AppError);
    expect(() => cosignedAt(parseNote(signed(two)), origin, keys)).toThrow(AppError);
  });
});

describe('a witness', () => {
  const follow = (seen: Checkpoint | undefined, next: Checkpoint, from: number, proof: string[]) =>
    followStep({ origin, keys, seen }, { note: signed(next), from, proof }).kind;
  const proof = [hashText(leafHash(Buffer.from('b')))];

  it('goes along with a log that grows, and takes its first checkpoint as it is', () => {
    expect(follow(undefined, two, 0, [])).toBe('grown');
    expect(follow(one, two, 1, proof)).toBe('grown');
    expect(follow(two, two, 2, [])).toBe('same');
  });

  it('sees a fork, a log that shrinks, a proof that fails, and one that is missing', () => {
    expect(follow(forked, two, 2, [])).toBe('forked');
    expect(follow(two, one, 1, [])).toBe('shrunk');
    expect(follow(one, two, 1, [hashText(leafHash(Buffer.from('x')))])).toBe('inconsistent');
    expect(follow(one, two, 0, [])).toBe('gap');
  });

  it('blames no log for what the log has not signed', () => {
    const note = signCheckpoint(forked, witness.signer);
    expect(() => followStep({ origin, keys, seen: two }, { note, from: 2, proof: [] })).toThrow(AppError);
  });
});
