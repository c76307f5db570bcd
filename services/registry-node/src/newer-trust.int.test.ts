/** A task that comes with word of a newer trust list: what it brings is judged by that list, however slowly it comes. */
import { createSigner, generateKeyPair, signGeneral } from '@revier/connector-sdk';
import { unverified } from '@revier/core';
import { ReleaseHeader, type TrustList } from '@revier/schema';
import { afterAll, beforeAll, it } from 'vitest';
import { type Federation, rateQuestion, startFederation } from './testing/federation.case.ts';

let federation: Federation;
beforeAll(async () => {
  federation = await startFederation();
});
afterAll(() => federation?.close());

it('is answered, though its evidence is signed by a key that came with the newer list', async () => {
  const { parties, broker } = federation;
  const asked = await federation.ask(rateQuestion);
  const [bochum = '', ...others] = await federation.populations(asked);
  const next = await generateKeyPair();
  const { id } = parties.holder('bochum');
  const list: TrustList = {
    ...parties.trust.list,
    version: 2,
    participants: parties.trust.list.participants.map((one) =>
      one.id === id ? { ...one, keys: [...one.keys, { kid: next.kid, key: next.publicKey }] } : one,
    ),
  };
  const trustList = await signGeneral('revier-trust-list+jws', list, [parties.holder('registry').privateKey]);
  broker.trust.view = { trustList, timestamp: null };
  broker.trust.slowMs = 1_000;
  broker.trust.mentioned = 2;
  const signer = await createSigner(next.privateKey);
  const evidence = [await signer.sign('revier-release+jws', ReleaseHeader.parse(unverified(bochum))), ...others];
  await federation.released(await federation.give('registry', asked, { stage: 1, evidence }));
});
