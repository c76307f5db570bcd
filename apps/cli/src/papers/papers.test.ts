/** Papers of an agreement: readable alone, the same bytes each time, and the signed object comes out of the PDF as it went in. */
import { verifyAgreement } from '@revier/connector-sdk';
import { Agreement, GeneralJws, type LongAgreementView } from '@revier/schema';
import { beforeAll, describe, expect, it } from 'vitest';
import { type SmallRealm, smallRealm } from '../testing/small-realm.case.ts';
import { paperOf } from './agreement-paper.ts';
import { pdfOf } from './agreement-pdf.ts';
import { processingRecord, recordAsMarkdown } from './processing-record.ts';

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

describe('the record of processing activities', () => {
  it('tells for each agreement purpose, basis, data, recipient and safeguards', () => {
    const { agreement, hash } = paperOf({ signed, approvals });
    const account = { limit: null, spent: 0, left: null };
    const view: LongAgreementView = {
      ...{ hash, register: agreement['rv:register'], dataset: agreement.target, dataUser: agreement.assignee },
      ...{ version: 1, lineage: hash, status: 'ACTIVE', seq: 1, since: agreement.timestamp, ends: null },
      ...{ cells: account, questions: [], duties: [], agreement: Agreement.parse(agreement), signed },
      ...{ statements: [], approvals },
    };
    const record = processingRecord({ participant: agreement.assigner, realm: 'test' }, [view]);
    const text = recordAsMarkdown(record);
    expect(text).toContain('Art. 30 DSGVO');
    expect(text).toContain(`Verantwortlicher: ${agreement.assigner} (Testbereich`);
    expect(text).toContain(`Empfänger: ${agreement.assignee}`);
    expect(record.activities[0]?.safeguards.length).toBeGreaterThan(0);
    expect(record.activities[0]?.legalBasis).toContain(agreement['rv:legalBasis']);
  });
});
