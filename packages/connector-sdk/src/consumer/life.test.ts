/** Duties of a register as a person is told of them: of versions that replaced each other, those of the last one. */
import { contentHash } from '@revier/core';
import type { Agreement } from '@revier/schema';
import { beforeAll, describe, expect, it } from 'vitest';
import { signHalf } from '../negotiation/halves.ts';
import { agreed, offer, pids } from '../negotiation/messages.case.ts';
import { type World, world } from '../signatures/actors.case.ts';
import { dutiesOf } from './life.ts';
import type { NegotiationRecord } from './records.ts';

const AT = '2026-03-01T10:00:00.000Z';
const owing = ['#d1', '#d2'].map((id) => ({ '@id': id, action: 'rv:attribute' as const, constraint: [] }));
let w: World;
let half: Awaited<ReturnType<typeof signHalf>>;
beforeAll(async () => {
  w = await world();
  half = await signHalf(agreed(w), w.holder.signer);
});

const concluded = (change: Partial<Agreement>, done: readonly string[] = []): NegotiationRecord => {
  const whole = agreed(w);
  const permission = whole.permission.map((one) => ({ ...one, duty: owing }));
  const agreement = { ...whole, permission, ...change };
  return {
    ...{ holder: w.holder.id, dataset: offer(w).target, ...pids, state: 'FINALIZED', since: AT, requested: AT },
    ...{ offer: offer(w), proposed: null, heard: [], statuses: [], ended: null, withdrawn: false, notes: [] },
    agreement: { hash: contentHash(agreement), agreement, assigner: half, signed: null },
    duties: done.map((duty) => ({ duty, evidence: 'doi:10.1000/1', doneAt: AT })),
  };
};

const owed = (negotiations: NegotiationRecord[]) =>
  dutiesOf({
    ...{ kind: 'register-record', register: offer(w)['rv:register'], applications: ['a.b.c'], closed: null },
    ...{ negotiations, outgoing: [] },
  }).map(({ duty, record, done }) => [record.agreement?.agreement['rv:version'], duty, done]);

describe('duties', () => {
  it('are those of the last version, which took over what was done under the ones before', () => {
    const first = concluded({ 'rv:version': 1 }, ['#d1']);
    const second = concluded({ 'rv:version': 2, 'rv:replaces': first.agreement?.hash });
    const third = concluded({ 'rv:version': 3, 'rv:replaces': second.agreement?.hash });
    expect(owed([first])).toEqual([
      [1, '#d1', AT],
      [1, '#d2', null],
    ]);
    expect(owed([first, second, third])).toEqual([
      [3, '#d1', AT],
      [3, '#d2', null],
    ]);
  });

  it('stay with the version before while its successor is not concluded', () => {
    const first = concluded({ 'rv:version': 1 });
    const second = concluded({ 'rv:version': 2, 'rv:replaces': first.agreement?.hash });
    expect(owed([first, { ...second, state: 'REQUESTED' }]).map(([version]) => version)).toEqual([1, 1]);
  });
});
