/** Signed documents and agreements: who may sign what, and what no one may pass off. */
import { contentHash } from '@revier/core';
import { builtInCodeLists, builtInModels, builtInStandards, type DatasetDescription, type Floor } from '@revier/schema';
import { beforeAll, describe, expect, it } from 'vitest';
import { actor, agreement, floor, HASH, NOW, type World, world } from './actors.case.ts';
import { verifyAgreement } from './agreement.ts';
import { signDocument, verifyCatalogueDocument, verifyDataset, verifyDocument, verifyFloor } from './documents.ts';
import { addSignature, signGeneral } from './general.ts';

let w: World;
beforeAll(async () => {
  w = await world();
});

const options = () => ({ trust: w.trust, now: NOW });
const isRefused = (attempt: Promise<unknown>, code: string) => expect(attempt).rejects.toMatchObject({ code });
const text = { de: 'Probe', en: 'Sample' };

const dataset = (holder: string): DatasetDescription => ({
  kind: 'dataset',
  id: 'urn:revier:dataset:cancer',
  holder,
  holderName: 'Registry',
  realm: 'test',
  title: text,
  description: text,
  model: 'cancer-case/1',
  modelHash: HASH,
  synthetic: true,
  accessRights: 'NON_PUBLIC',
  mode: 'L',
  grain: {},
  coverage: { areas: [], years: { from: 2010, to: 2020 } },
  epoch: '0123456789abcdef',
  asOf: '2026-01-01T00:00:00Z',
  source: 'Invented',
});

describe('signed documents', () => {
  it('carry the whole built-in vocabulary', async () => {
    const documents = [...builtInCodeLists, ...builtInModels, ...builtInStandards];
    expect(documents.length).toBeGreaterThan(5);
    for (const document of documents) {
      const jws = await signDocument(document, w.holder.signer);
      const hash = contentHash(document);
      expect(await verifyDocument(jws, options())).toEqual({ document, hash, signer: w.holder.id });
      expect((await verifyCatalogueDocument(jws, options())).hash).toBe(hash);
    }
  });

  it('are refused from somebody outside the trust list', async () => {
    const stranger = await actor('stranger', 'source');
    const [list] = builtInCodeLists;
    if (list === undefined) throw new Error('no code list');
    await isRefused(verifyDocument(await signDocument(list, stranger.signer), options()), 'KEY_UNKNOWN');
  });

  it('are refused once the trust list has run out', async () => {
    const jws = await signDocument(dataset(w.holder.id), w.holder.signer);
    await isRefused(verifyDataset(jws, { trust: w.trust, now: new Date('2026-06-02T00:00:00Z') }), 'EXPIRED');
  });
});

describe('what only the holder may sign', () => {
  it('is a dataset', async () => {
    const own = await signDocument(dataset(w.holder.id), w.holder.signer);
    expect((await verifyDataset(own, options())).document.holder).toBe(w.holder.id);
    expect((await verifyCatalogueDocument(own, options())).document.kind).toBe('dataset');
    const foreign = await signDocument(dataset(w.holder.id), w.broker.signer);
    await isRefused(verifyDataset(foreign, options()), 'SIGNATURE_INVALID');
    await isRefused(verifyCatalogueDocument(foreign, options()), 'SIGNATURE_INVALID');
  });

  it('is a floor', async () => {
    const own = await signDocument(floor(w.holder.id), w.holder.signer);
    expect((await verifyFloor(own, options())).document.minCellSize).toBe(5);
    await isRefused(
      verifyFloor(await signDocument(floor(w.holder.id), w.university.signer), options()),
      'SIGNATURE_INVALID',
    );
    const elsewhere = await signDocument({ ...floor(w.holder.id), realm: 'production' }, w.holder.signer);
    await isRefused(verifyFloor(elsewhere, options()), 'WRONG_REALM');
  });

  const twice: [number, number][] = [
    [1, 80],
    [1, 70],
  ];
  it.each<[string, Partial<NonNullable<Floor['disclosure']>>, string, RegExp]>([
    ['a table that does not exist', { ptable: { D: 5, V: 2, js: 2 } }, '/ptable', /variance above 2/],
    ['more blocked than changed', { ptable: { D: 2, V: 3, js: 2 } }, '/ptable', /blocked counts must end/],
    ['small figures without noise', { method: 'suppress', belowK: 'show-perturbed' }, '/belowK', /only with noise/],
    [
      'small figures where 1 and 2 are not blocked',
      { belowK: 'show-perturbed', ptable: { D: 5, V: 3, js: 0 } },
      '/ptable/js',
      /blocked/,
    ],
    ['two rules for one number', { nk: twice }, '/nk', /two rules/],
    ['noise that grows with size', { flex: { fp: 10, pSmall: 0.1, pLarge: 0.2, q: 3 } }, '/flex', /smaller/],
  ])('is no floor with %s, neither signed nor read', async (_, rules, pointer, reason) => {
    const senseless: Floor = { ...floor(w.holder.id), disclosure: { method: 'cell-key', ...rules } };
    const refusal = expect.objectContaining({
      code: 'INVALID_REQUEST',
      options: expect.objectContaining({
        errors: [{ pointer: `/disclosure${pointer}`, detail: expect.stringMatching(reason) }],
      }),
    });
    await expect(signDocument(senseless, w.holder.signer)).rejects.toEqual(refusal);
    const signed = await w.holder.signer.sign('revier-floor+jws', senseless);
    await expect(verifyFloor(signed, options())).rejects.toEqual(refusal);
  });

  it('is a floor with protection that can be had', async () => {
    const sensible: Floor = { ...floor(w.holder.id), disclosure: { method: 'cell-key', belowK: 'show-perturbed' } };
    const own = await signDocument(sensible, w.holder.signer);
    expect((await verifyFloor(own, options())).document.disclosure).toEqual(sensible.disclosure);
  });

  it('never passes as a document of another kind', async () => {
    const own = await signDocument(dataset(w.holder.id), w.holder.signer);
    await isRefused(verifyDocument(own, options()), 'SIGNATURE_TYPE');
    await isRefused(verifyFloor(own, options()), 'SIGNATURE_TYPE');
    const disguised = await w.broker.signer.sign('revier-document+jws', dataset(w.holder.id));
    await isRefused(verifyCatalogueDocument(disguised, options()), 'INVALID_REQUEST');
  });
});

describe('an agreement', () => {
  const KIND = 'revier-agreement+jws';
  const terms = () => agreement(w.holder.id, w.university.id);

  it('is one when both sides have signed, in whichever order', async () => {
    const drafted = await signGeneral(KIND, terms(), [w.university.keys.privateKey]);
    const signed = await addSignature(drafted, KIND, w.holder.keys.privateKey);
    expect(await verifyAgreement(signed, w.trust, NOW)).toEqual({ agreement: terms(), hash: contentHash(terms()) });
  });

  it.each(['holder', 'university'] as const)('is none with the signature of the %s alone', async (who) => {
    const drafted = await signGeneral(KIND, terms(), [w[who].keys.privateKey]);
    await isRefused(verifyAgreement(drafted, w.trust, NOW), 'POLICY_INVALID');
  });

  it('is none when somebody else signs for a side, or beside both', async () => {
    const keys = [w.holder, w.university, w.broker].map((who) => who.keys.privateKey);
    await isRefused(verifyAgreement(await signGeneral(KIND, terms(), keys), w.trust, NOW), 'POLICY_INVALID');
    const replaced = [w.holder, w.otherUniversity].map((who) => who.keys.privateKey);
    await isRefused(verifyAgreement(await signGeneral(KIND, terms(), replaced), w.trust, NOW), 'POLICY_INVALID');
  });

  it('is none of one with oneself, or between the wrong roles', async () => {
    const alone = await signGeneral(KIND, agreement(w.holder.id, w.holder.id), [w.holder.keys.privateKey]);
    await isRefused(verifyAgreement(alone, w.trust, NOW), 'POLICY_INVALID');
    const both = [w.holder, w.university].map((who) => who.keys.privateKey);
    const turned = await signGeneral(KIND, agreement(w.university.id, w.holder.id), both);
    await isRefused(verifyAgreement(turned, w.trust, NOW), 'POLICY_INVALID');
  });

  it('is of the realm of its trust list, while that is in force', async () => {
    const both = [w.holder, w.university].map((who) => who.keys.privateKey);
    const production = await signGeneral(KIND, { ...terms(), 'rv:realm': 'production' }, both);
    await isRefused(verifyAgreement(production, w.trust, NOW), 'WRONG_REALM');
    const signed = await signGeneral(KIND, terms(), both);
    await isRefused(verifyAgreement(signed, w.trust, new Date('2026-06-02T00:00:00Z')), 'EXPIRED');
  });

  it('is signed in its full form, so that its hash is the same for everybody', async () => {
    const both = [w.holder, w.university].map((who) => who.keys.privateKey);
    const short = { ...terms(), permission: [{ '@id': '#p1', action: 'rv:aggregate' }] };
    await isRefused(verifyAgreement(await signGeneral(KIND, short, both), w.trust, NOW), 'NOT_CANONICAL');
  });
});
