/** A holder's incident, by the command line: frozen, whom it concerns, withdrawn, and the notice drafted. */
import { claimedKind } from '@revier/connector-sdk';
import { folders } from '@revier/laptop';
import { RecipientList } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Federation } from './harness/federation.ts';
import { revier } from './harness/revier.ts';
import { startFederation } from './harness/start-federation.ts';

let federation: Federation;
beforeAll(async () => {
  federation = await startFederation();
});
afterAll(() => federation.stop());

const incident = (...args: string[]): Promise<string> =>
  revier(['incident', ...args, '--folder', folders(federation.folder).node('essen')]);

describe('an incident', () => {
  it('is frozen, its recipients are named, the answer is withdrawn, and the notice names what is known and what is missing', async () => {
    const answer = await federation.ask();
    expect(await incident('freeze', '--reason', 'a wrong import')).toContain('stopped');
    const listed = await incident('recipients', '--query', answer.submissionId, '--by', 'Olga Schutz', '--json');
    const { recipients } = RecipientList.parse({ recipients: JSON.parse(listed) });
    expect(recipients).toMatchObject([{ submission: answer.submissionId, register: answer.register }]);
    expect(recipients[0]?.person).toContain('r1');
    await expect(incident('recipients')).rejects.toThrow(/--by/);
    expect(await incident('recipients', '--query', `sha256:${'0'.repeat(64)}`, '--by', 'Olga Schutz')).toContain(
      'nobody',
    );
    const statement = await incident('withdraw', '--query', answer.submissionId, '--reason', 'a wrong import');
    expect(claimedKind(statement.trim())).toBe('revier-withdrawal+jws');
    const german = await incident('draft', '--query', answer.submissionId, '--by', 'Olga Schutz', '--lang', 'de');
    for (const words of ['Art. 33', 'SYNTHETISCH', answer.submissionId, 'incident', '[FEHLT: Kategorien'])
      expect(german).toContain(words);
    expect(await incident('draft', '--by', 'Olga Schutz', '--lang', 'en')).toContain('[MISSING: name and address');
  });
});
