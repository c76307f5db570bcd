/** A22: messages that are not what they say: expired, for another purpose, forged, or signed by somebody else. */
import { randomUUID } from 'node:crypto';
import { createSigner, generateKeyPair } from '@revier/connector-sdk';
import type { Attack } from '../attack.ts';
import { lattice } from '../federation/lattice.ts';
import { said } from '../federation/tables.ts';
import { changedLog, onTheWire } from './a22-wire.ts';
import { decentEnvelope, post, postText, type Reply } from './post.ts';

export const policy: Attack = {
  id: 'A22',
  title: 'expired, forged and misdirected questions',
  needs: 'federation',
  quick: true,
  async run({ federation, scale, env }) {
    const decent = await decentEnvelope(federation);
    const now = Math.floor(Date.now() / 1000);
    const changed: readonly Record<string, unknown>[] = [
      { iat: now - 7200, exp: now - 3600 },
      { iat: now + 3600, exp: now + 7200 },
      { realm: 'production' },
      { aud: 'did:web:alpha.example' },
      { iss: 'did:web:alpha.example' },
      { agreements: [`sha256:${'0'.repeat(64)}`] },
      { agreements: [] },
      { catalogue: `sha256:${'0'.repeat(64)}` },
      { question: { ...Object(decent.question), register: 'urn:revier:register:other' } },
    ];
    const replies: Reply[] = [];
    for (const change of changed) replies.push(await post(federation, { ...decent, jti: randomUUID(), ...change }));
    replies.push(...(await forged(federation.mallory, { ...decent, jti: randomUUID() })));
    const through = replies.filter(({ status }) => status < 400);
    const purpose = await said(federation.mallory, { ...lattice.cities, purpose: 'ehds:HealthcareScientificResearch' });
    const refused = through.length === 0 && purpose.answer === null;
    const atBroker = `${replies.length - through.length} of ${replies.length} refused; another purpose ${purpose.answer === null ? 'refused' : 'answered'}`;
    const codes = [...replies.map(({ code }) => code), ...purpose.codes];
    // A node is started anew for it; with every `npm test` the federation with an evil broker does the same.
    if (scale === 'quick')
      return { figure: atBroker, criterion: 'all refused', passed: refused, detail: sorted(codes) };
    const log = await changedLog(federation);
    const wire = await onTheWire({ federation, env });
    const released = wire.forged.filter((answer) => answer === 'released').length;
    return {
      figure: `${atBroker}; ${wire.forged.length - released} of ${wire.forged.length} by an altered broker refused, the genuine one ${wire.genuine}; a changed log ${log.changed === TAMPERED ? 'found out' : 'believed'}`,
      criterion: 'all refused, the log found out',
      passed:
        refused && released === 0 && wire.genuine === 'released' && log.changed === TAMPERED && log.whole !== TAMPERED,
      detail: sorted([...codes, ...wire.forged]),
    };
  },
};

/** The exit code of `revier audit verify`. */
const TAMPERED = 2;

const sorted = (codes: readonly string[]): string => [...new Set(codes)].sort().join(', ');

/** Signed by a key that nobody has vouched for, and with a question swapped under a genuine signature. */
async function forged({ broker, credential, signText }: Parameters<typeof post>[0]['mallory'], envelope: unknown) {
  const stranger = await createSigner((await generateKeyPair()).privateKey);
  const byStranger = await stranger.sign('revier-query+jws', envelope);
  const genuine = signText(JSON.stringify(envelope)).split('.');
  const swapped = Buffer.from(JSON.stringify({ ...Object(envelope), jti: randomUUID() })).toString('base64url');
  return Promise.all(
    [byStranger, [genuine[0], swapped, genuine[2]].join('.')].map((query) =>
      postText(broker, JSON.stringify({ query, credential })),
    ),
  );
}
