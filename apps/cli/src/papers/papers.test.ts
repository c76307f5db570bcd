/** Papers of an agreement: readable alone, the same bytes each time, and the signed object comes out of the PDF as it went in. */
import { verifyAgreement } from '@revier/connector-sdk';
import { GeneralJws, type ProcessingActivity, type ProcessingRecord } from '@revier/schema';
import { beforeAll, describe, expect, it } from 'vitest';
import { type SmallRealm, smallRealm } from '../testing/small-realm.case.ts';
import { paperOf } from './agreement-paper.ts';
import { pdfOf } from './agreement-pdf.ts';
import { recordAsMarkdown } from './processing-record.ts';

let realm: SmallRealm;
let signed: GeneralJws;
beforeAll(async () => {
  realm = await smallRealm();
  const [entry] = realm.register.agreements;
  if (entry === undefined) throw new Error('no agreement');
  signed = entry.agreement;
});

const approvals = [{ role: 'steward' as const, at: '2026-01-01T00:00:00Z' }];

/** By the length that the PDF itself gives (ISO 32000-1, 7.11.4). */
function embeddedIn(pdf: Buffer): Buffer {
  const text = pdf.toString('latin1');
  const at = text.indexOf('/Type /EmbeddedFile');
  const length = Number(/\/Length (\d+)/.exec(text.slice(at))?.[1]);
  const begin = text.indexOf('stream\n', at) + 'stream\n'.length;
  return pdf.subarray(begin, begin + length);
}

describe('the PDF of an agreement', () => {
  it('has the signed object in it, which verifies without anything else', async () => {
    const pdf = await pdfOf(paperOf({ signed, approvals }), signed);
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    const extracted = GeneralJws.parse(JSON.parse(embeddedIn(pdf).toString('utf8')));
    expect(extracted).toEqual(signed);
    const verified = await verifyAgreement(extracted, realm.trust, new Date());
    expect(verified.hash).toBe(paperOf({ signed, approvals }).hash);
  });

  it('is the same to the byte however often it is made', async () => {
    const make = () => pdfOf(paperOf({ signed, approvals }), signed);
    expect(Buffer.compare(await make(), await make())).toBe(0);
  });

  it('tells parties, hash, approvals, keys, and that the signatures are not qualified ones', () => {
    const { sections, hash, agreement } = paperOf({ signed, approvals });
    const text = sections.flatMap(({ lines }) => lines).join('\n');
    expect(text).toContain(hash);
    expect(text).toContain(`Datenhalter: ${agreement.assigner}`);
    expect(text).toContain('Datenverantwortliche, am 2026-01-01');
    expect(text).toMatch(/qualifizierte elektronische Signatur .* sind sie nicht/);
    expect(text.match(/^Schlüssel \S{43}$/gm)).toHaveLength(2);
  });

  it('is not made of what is no agreement', () => {
    const payload = Buffer.from('{}').toString('base64url');
    expect(() => paperOf({ signed: { ...signed, payload }, approvals })).toThrow();
  });
});

const nobody = { allowed: 0, denied: 0, reasons: [], releases: 0 };

const recordAbout = (change: Partial<ProcessingRecord>): ProcessingRecord => ({
  controller: { id: 'did:web:registry.example', name: 'Krebsregister' },
  realm: 'test',
  dataProtectionOfficers: ['Dana Daten'],
  at: '2026-01-01T00:00:00.000Z',
  activities: [],
  questions: { allowed: 7, denied: 3, reasons: [{ code: 'PURPOSE', count: 2 }], releases: 5 },
  recipients: [{ id: 'did:web:uni.example', name: 'Universität', releases: 5, last: '2026-01-01T00:00:00.000Z' }],
  retention: [{ de: 'Drei Jahre.', en: 'Three years.' }],
  safeguards: [{ de: 'Keine kleinen Zahlen.', en: 'No small figures.' }],
  ...change,
});

const activity: ProcessingActivity = {
  agreement: `sha256:${'a'.repeat(64)}`,
  register: 'urn:revier:register:one',
  dataset: 'urn:revier:dataset:registry',
  status: 'ACTIVE',
  since: '2026-01-01T00:00:00.000Z',
  until: null,
  purposes: [{ code: 'ehds:PublicHealthSurveillance', title: { de: 'Überwachung', en: 'Surveillance' } }],
  legalBasis: { basis: 'lkrg-nrw:P23', title: { de: '§ 23 LKRG', en: 'section 23' }, assessment: null },
  subjects: { de: 'Personen', en: 'Persons' },
  data: ['sex'],
  recipient: { id: 'did:web:uni.example', name: 'Universität' },
  questions: nobody,
  retention: [],
  safeguards: [],
};

describe('the record of processing activities', () => {
  it('tells who, why, on which ground, how often, for whom and how protected', () => {
    const text = recordAsMarkdown(recordAbout({ activities: [activity] }));
    expect(text).toContain('Art. 30 DSGVO');
    expect(text).toContain('Verantwortlicher: Krebsregister (did:web:registry.example)');
    expect(text).toContain('Testbereich');
    expect(text).toContain('Dana Daten');
    expect(text).toContain('Rechtsgrundlage: lkrg-nrw:P23; § 23 LKRG');
    expect(text).toContain('abgelehnt: 3 (PURPOSE: 2)');
    expect(text).toContain('Universität (did:web:uni.example): 5 Statistiken');
    expect(text).toContain('Keine kleinen Zahlen.');
  });

  it('says that there is nothing yet', () => {
    expect(recordAsMarkdown(recordAbout({}))).toContain('Es wurde noch keine Vereinbarung geschlossen.');
  });

  it('lets nobody add a heading, a link or a column', () => {
    const name = 'Uni\n# Freigegeben [hier](http://evil.example) | x';
    const text = recordAsMarkdown(recordAbout({ activities: [{ ...activity, recipient: { id: 'x', name } }] }));
    expect(text).not.toMatch(/^# Freigegeben/m);
    expect(text).not.toContain('[hier](');
  });
});
