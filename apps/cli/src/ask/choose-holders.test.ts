/** Nobody to ask: whether there ever was an agreement is said apart. */
import { describe, expect, it } from 'vitest';
import { assertAgreed } from './choose-holders.ts';

const register = {
  id: 'urn:revier:register:late-stage',
  realm: 'test' as const,
  title: { de: 'Spät', en: 'Late' },
  purpose: 'ehds:ScientificResearch',
  dataUser: 'did:web:uni.example' as const,
  expires: '2099-01-01T00:00:00Z',
  agreements: [],
};
const concluded = (since: string) => ({
  ...{ holder: 'did:web:city.example' as const, dataset: 'urn:revier:dataset:city' as const, since },
  state: 'FINALIZED' as const,
});

describe('a register without an agreement', () => {
  it('that never had one says so', () => {
    expect(() => assertAgreed(register, [])).toThrow('No holder has an agreement for it.');
    const negotiations = [{ ...concluded('2026-03-01T00:00:00Z'), state: 'REQUESTED' as const }];
    expect(() => assertAgreed({ ...register, negotiations }, [])).toThrow('No holder has an agreement for it.');
  });

  it('that had some tells since when there may be none any more, and what may have ended them', () => {
    const negotiations = [concluded('2026-03-01T00:00:00Z'), concluded('2026-02-01T00:00:00Z')];
    expect(() => assertAgreed({ ...register, negotiations }, [])).toThrow(
      'any more. The last one was concluded on 2026-03-01: the register was closed since, or what was agreed was revoked or is over.',
    );
  });
});
