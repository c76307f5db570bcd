/** A dry run at a broker on this machine: what is signed, what is printed, and what a lie of the broker comes to. */
import { type DryRunResult, DryRunResult as Result } from '@revier/schema';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Desk, openDesk } from './testing/desk.case.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
beforeEach(() => desk.broker.reset());
afterAll(() => desk?.close());

const dryRun = (...more: string[]) => desk.revier(['query', 'question.json', '--dry-run', ...more]);

describe('revier query --dry-run', () => {
  it('signs the wish itself, and prints a row for each holder', async () => {
    const { code, out, err } = await dryRun('--lang', 'en');
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('Dry run: nothing was read, and nothing charged.');
    expect(out).toMatch(/registry \(.*\) +yes +10 +area: city +4 +7 queries, 3000 cells +25 %/);
    expect(out).toMatch(/city-a \(.*\) +yes +exact /);
    expect(desk.broker.submissions.at(-1)?.envelope.dryRun).toBe(true);
  });

  it('speaks German', async () => {
    const { out } = await dryRun('--lang', 'de');
    expect(out).toContain('Probelauf: Nichts wurde gelesen, nichts angerechnet.');
    expect(out).toMatch(/ja +10 +area: city/);
  });

  it('leaves with 3 when somebody would refuse, names rule and place, and with 4 when everybody would', async () => {
    desk.broker.script.refusing = ['did:web:registry.example'];
    const some = await dryRun('--lang', 'en');
    expect(some.code).toBe(3);
    expect(some.out).toContain('What stands in the way');
    expect(some.out).toMatch(/registry: BUDGET \/permission\/0\/constraint\/2\. Used up\./);
    desk.broker.script.refusing = ['did:web:registry.example', 'did:web:city-a.example', 'did:web:city-b.example'];
    expect((await dryRun()).code).toBe(4);
  });

  it('is JSON alone with --json', async () => {
    const { out } = await dryRun('--json');
    expect(Result.parse(JSON.parse(out)).holders).toHaveLength(3);
  });

  it('is signed alone by revier sign --dry-run', async () => {
    const { out } = await desk.revier(['sign', 'question.json', '--dry-run']);
    const { query } = JSON.parse(out);
    expect(JSON.parse(Buffer.from(query.split('.')[1], 'base64url').toString()).dryRun).toBe(true);
  });

  const first = (result: DryRunResult, change: object): DryRunResult => ({
    ...result,
    holders: result.holders.map((part, at) => (at === 0 ? { ...part, ...change } : part)),
  });

  it.each<[string, (result: DryRunResult) => DryRunResult, RegExp]>([
    [
      'promises more than a holder has signed',
      (result) => {
        const [part] = result.holders;
        if (part?.assessment === undefined) throw new Error('nothing to lie about');
        return first(result, { assessment: { ...part.assessment, cells: 9000 } });
      },
      /gives another assessment/,
    ],
    ['leaves a holder out', (result) => ({ ...result, holders: result.holders.slice(1) }), /every dataset/],
    [
      'says that a holder refuses which does not',
      (result) => first(result, { status: 'refused', assessment: undefined }),
      /says something else/,
    ],
    ['shows no receipt', (result) => first(result, { receipt: undefined }), /no signed receipt/],
  ])('does not rely on a broker that %s', async (_what, lie, fault) => {
    desk.broker.script.tamperDryRun = lie;
    const { code, err } = await dryRun();
    expect(err).toMatch(fault);
    expect(code).toBe(4);
  });

  it('does not rely on a receipt that somebody else has signed', async () => {
    desk.broker.script.signerOf = () => 'city-b';
    const { code, err } = await dryRun();
    expect(err).toContain('is not signed by it');
    expect(code).toBe(4);
  });
});
