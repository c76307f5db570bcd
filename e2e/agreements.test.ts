/** A holder's command line over its agreements: listed, shown, put on paper, suspended by one, resumed by two, and ended. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folders } from '@revier/laptop';
import { AgreementList, type AgreementView, LongAgreementView, ProcessingRecord, StatusDone } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Federation } from './harness/federation.ts';
import { revier } from './harness/revier.ts';
import { startFederation } from './harness/start-federation.ts';

let federation: Federation;
beforeAll(async () => {
  federation = await startFederation();
});
afterAll(() => federation?.stop());

type Slug = 'krebsregister' | 'bochum';

const run = (...args: string[]): Promise<string> => revier(args, { cwd: federation.folder });
const agreement = (slug: Slug, command: string, ...args: string[]): Promise<string> =>
  run('agreement', command, ...args, '--folder', folders(federation.folder).node(slug));
const key = (slug: Slug, role: string): string => join(folders(federation.folder).people(slug), `${role}.jwk`);
const steward = ['--by', 'Erika Muster'] as const;

async function only(slug: Slug): Promise<AgreementView> {
  const { agreements } = AgreementList.parse(JSON.parse(await agreement(slug, 'list', '--json')));
  const [one] = agreements.filter(({ status }) => status !== 'SUPERSEDED');
  if (one === undefined) throw new Error('no agreement');
  return one;
}

/** As people copy it. */
const shortOf = ({ hash }: AgreementView): string => hash.slice('sha256:'.length, 'sha256:'.length + 12);

describe('revier agreement', () => {
  it('lists and shows agreements in German and English, and as JSON', async () => {
    expect(await agreement('krebsregister', 'list', '--lang', 'de')).toMatch(/Fassung \d+ · in Kraft · endet/);
    expect(await agreement('krebsregister', 'list', '--lang', 'en')).toMatch(/version \d+ · in force · ends/);
    const one = await only('krebsregister');
    expect(await agreement('krebsregister', 'show', shortOf(one), '--lang', 'de')).toContain('Erlaubt ist');
    const long = LongAgreementView.parse(JSON.parse(await agreement('krebsregister', 'show', one.hash, '--json')));
    expect(long.hash).toBe(one.hash);
    await expect(agreement('krebsregister', 'show', 'ffffffffffff')).rejects.toMatchObject({ code: 2 });
  });

  it('writes it as a PDF with the signed object in it', async () => {
    const one = await only('krebsregister');
    await agreement('krebsregister', 'pdf', shortOf(one), '-o', 'agreement.pdf');
    const pdf = await readFile(join(federation.folder, 'agreement.pdf'), 'latin1');
    expect(pdf.startsWith('%PDF-')).toBe(true);
    expect(pdf).toContain('/Type /EmbeddedFile');
    expect(pdf).toContain(one.hash);
    await expect(agreement('krebsregister', 'pdf', shortOf(one))).rejects.toMatchObject({ code: 2 });
  });

  it('writes the record of processing activities, with what was asked', async () => {
    await federation.ask();
    const record = ProcessingRecord.parse(JSON.parse(await agreement('krebsregister', 'record', '--json')));
    expect(record.activities.map(({ agreement: hash }) => hash)).toContain((await only('krebsregister')).hash);
    expect(record.questions.allowed).toBeGreaterThan(0);
    expect(record.recipients[0]?.releases).toBeGreaterThan(0);
    const text = await agreement('krebsregister', 'record');
    expect(text).toContain('# Verzeichnis von Verarbeitungstätigkeiten (Art. 30 DSGVO)');
    expect(text).toMatch(/zugelassen: [1-9]/);
  });

  it('suspends by the word of one, and resumes by the signatures of two', async () => {
    const one = await only('krebsregister');
    const why = ['--reason', 'a vote is missing'];
    await expect(agreement('krebsregister', 'suspend', shortOf(one), ...why)).rejects.toMatchObject({ code: 2 });
    await expect(agreement('krebsregister', 'suspend', shortOf(one), ...why, '--by', 'Nobody')).rejects.toThrow(
      /FORBIDDEN|enrolled/,
    );
    await agreement('krebsregister', 'suspend', shortOf(one), ...why, ...steward);
    expect((await only('krebsregister')).status).toBe('SUSPENDED');
    const without = await federation.ask();
    const refused = without.holders.filter(({ status }) => status === 'refused');
    expect(refused).toMatchObject([{ reasons: [{ code: 'SUSPENDED' }] }]);
    await agreement('krebsregister', 'resume-statement', shortOf(one), '--reason', 'it is there', '-o', 'resume.json');
    await run('node', 'sign-restart', 'resume.json', '--key', key('krebsregister', 'steward'), '-o', 'one.json');
    await expect(agreement('krebsregister', 'resume', shortOf(one), '--statement', 'one.json')).rejects.toThrow(
      /TWO_PERSONS_NEEDED|Two different/,
    );
    await run('node', 'sign-restart', 'one.json', '--key', key('krebsregister', 'signatory'), '-o', 'two.json');
    await agreement('krebsregister', 'resume', shortOf(one), '--statement', 'two.json');
    expect((await only('krebsregister')).status).toBe('ACTIVE');
    expect((await federation.ask()).state).toBe('complete');
  });

  it('revokes and completes for good, and prints the signed statement', async () => {
    const [registry, bochum] = [await only('krebsregister'), await only('bochum')];
    const done = await agreement(
      'krebsregister',
      'revoke',
      shortOf(registry),
      '--reason',
      'over',
      ...steward,
      '--json',
    );
    expect(StatusDone.parse(JSON.parse(done))).toMatchObject({ told: true });
    const statement = await agreement('bochum', 'complete', shortOf(bochum), '--reason', 'published', ...steward);
    expect(statement.trim().split('.')).toHaveLength(3);
    expect((await only('krebsregister')).status).toBe('REVOKED');
    expect((await only('bochum')).status).toBe('COMPLETED');
    await expect(
      agreement('bochum', 'suspend', shortOf(bochum), '--reason', 'too late', ...steward),
    ).rejects.toMatchObject({ code: 4 });
  });
});
