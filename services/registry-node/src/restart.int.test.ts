/** What two persons sign at a node: that it starts again after a stop, and who is enrolled. One person does not do, nor does any other statement. */
import { signGeneral } from '@revier/connector-sdk';
import { type GeneralJws, type PeopleChange, PeopleRoll, type RestartStatement } from '@revier/schema';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunningNode } from './node-options.ts';
import { codeOf, postAdmin as post } from './testing/at-admin.case.ts';
import { countQuestion, type Federation } from './testing/federation.case.ts';
import { enrolment, makePerson, type Staff, seconds, signedBy } from './testing/people.case.ts';
import { type Registry, restartOf, startRegistry, statusOf } from './testing/registry.case.ts';

let registry: Registry;
let federation: Federation;
let staff: Staff;
beforeAll(async () => {
  registry = await startRegistry();
  ({ federation, staff } = registry);
});
afterEach(() => registry.down());
afterAll(() => registry?.close());

const about = (node: RunningNode): Promise<RestartStatement> => restartOf(node, registry);

describe('starting again', () => {
  it('takes two persons, of whom one may be a deputy, and answers again', async () => {
    const node = await registry.up();
    await post(node, '/v1/stop');
    const statement = await signedBy(await about(node), staff.steward, staff.deputy);
    expect((await post(node, '/v1/start', statement)).json).toEqual({ state: 'running' });
    expect(await statusOf(node)).toMatchObject({ state: 'running', stop: null });
    await federation.released(await federation.give('registry', await federation.ask(countQuestion)));
    expect(codeOf(await post(node, '/v1/start', statement))).toBe('NOT_STOPPED');
    const decisions = JSON.stringify(await (await fetch(`${node.adminUrl}/v1/decisions`)).json());
    expect(decisions).toContain('"started"');
    expect(decisions).not.toContain('Muster');
  });

  it('works once: the statement of an earlier stop is refused, and so is one signed before another person stopped', async () => {
    const node = await registry.up();
    await post(node, '/v1/stop');
    const first = await signedBy(await about(node), staff.steward, staff.deputy);
    await post(node, '/v1/stop', { reason: 'somebody else, too' });
    expect(codeOf(await post(node, '/v1/start', first))).toBe('REPLAYED');
    const second = await signedBy(await about(node), staff.steward, staff.deputy);
    expect((await post(node, '/v1/start', second)).status).toBe(200);
    await post(node, '/v1/stop');
    expect(codeOf(await post(node, '/v1/start', second))).toBe('REPLAYED');
  });

  const sign = (statement: RestartStatement, ...who: (keyof Omit<Staff, 'people'>)[]) =>
    signedBy(statement, ...who.map((one) => staff[one]));
  const attacks: [string, string, (statement: RestartStatement) => Promise<GeneralJws>][] = [
    ['one person alone', 'TWO_PERSONS_NEEDED', (statement) => sign(statement, 'steward')],
    ['two keys of one person', 'TWO_PERSONS_NEEDED', (statement) => sign(statement, 'steward', 'stewardAgain')],
    [
      'an officer, who advises but does not decide',
      'TWO_PERSONS_NEEDED',
      (statement) => sign(statement, 'steward', 'officer'),
    ],
    [
      'one key twice',
      'SIGNATURE_INVALID',
      async (statement) => {
        const jws = await sign(statement, 'steward');
        return { ...jws, signatures: [...jws.signatures, ...jws.signatures] };
      },
    ],
    [
      'a key that nobody has enrolled',
      'KEY_UNKNOWN',
      async (statement) => signedBy(statement, staff.steward, await makePerson('Eva Fremd', 'signatory')),
    ],
    [
      'the node’s own key',
      'KEY_UNKNOWN',
      async (statement) =>
        signGeneral('revier-restart+jws', statement, [federation.parties.holder('registry').privateKey]),
    ],
    [
      'a stop that never was',
      'REPLAYED',
      (statement) => sign({ ...statement, stop: `sha256:${'0'.repeat(64)}` }, 'steward', 'deputy'),
    ],
    [
      'an expired one',
      'EXPIRED',
      (statement) => sign({ ...statement, iat: seconds() - 900, exp: seconds() - 300 }, 'steward', 'deputy'),
    ],
    [
      'one for a drawer',
      'EXPIRED',
      (statement) => sign({ ...statement, exp: seconds() + 8 * 86_400 }, 'steward', 'deputy'),
    ],
    [
      'another node',
      'WRONG_AUDIENCE',
      (statement) => sign({ ...statement, node: federation.parties.holder('essen').id }, 'steward', 'deputy'),
    ],
    ['another realm', 'WRONG_REALM', (statement) => sign({ ...statement, realm: 'production' }, 'steward', 'deputy')],
    [
      'another kind of statement',
      'SIGNATURE_TYPE',
      (statement) =>
        signGeneral(
          'revier-people+jws',
          statement,
          [staff.steward, staff.deputy].map(({ pair }) => pair.privateKey),
        ),
    ],
    [
      'words changed after signing',
      'SIGNATURE_INVALID',
      async (statement) => {
        const jws = await sign(statement, 'steward', 'deputy');
        const payload = Buffer.from(JSON.stringify({ ...statement, reason: 'other' })).toString('base64url');
        return { ...jws, payload };
      },
    ],
  ];

  it('refuses every other statement, and stays stopped', async () => {
    const node = await registry.up();
    await post(node, '/v1/stop');
    const statement = await about(node);
    for (const [name, code, attack] of attacks)
      expect([name, codeOf(await post(node, '/v1/start', await attack(statement)))]).toEqual([name, code]);
    expect((await statusOf(node)).state).toBe('stopped');
    expect((await post(node, '/v1/start', await sign(statement, 'steward', 'deputy'))).status).toBe(200);
  });

  it('is impossible where nobody is enrolled, whoever signs', async () => {
    const node = await registry.up(registry.fresh({ firstPeople: [] }));
    await post(node, '/v1/stop');
    const statement = await sign(await about(node), 'steward', 'deputy');
    expect(codeOf(await post(node, '/v1/start', statement))).toBe('KEY_UNKNOWN');
  });
});

describe('the people', () => {
  const people = async (node: RunningNode) =>
    PeopleRoll.parse(await (await fetch(`${node.adminUrl}/v1/people`)).json());
  const change = (roll: string, what: PeopleChange['change'], ...who: readonly (keyof Omit<Staff, 'people'>)[]) => {
    const node = federation.parties.holder('registry').id;
    const payload: PeopleChange = {
      ...{ kind: 'people-change', node, realm: 'test', roll, change: what },
      ...{ iat: seconds(), exp: seconds() + 600 },
    };
    return signGeneral(
      'revier-people+jws',
      payload,
      who.map((one) => staff[one].pair.privateKey),
    );
  };

  it('change by two signatures, once; one does not do', async () => {
    const node = await registry.up();
    const { roll } = await people(node);
    const newcomer = await makePerson('Nora Neu', 'signatory');
    const add = { what: 'add', person: enrolment(newcomer) } as const;
    expect(codeOf(await post(node, '/v1/people', await change(roll, add, 'steward')))).toBe('TWO_PERSONS_NEEDED');
    const signed = await change(roll, add, 'steward', 'deputy');
    expect((await post(node, '/v1/people', signed)).status).toBe(200);
    expect((await people(node)).people.map(({ name }) => name)).toContain('Nora Neu');
    const remove = { what: 'remove', kid: newcomer.pair.kid } as const;
    await post(node, '/v1/people', await change((await people(node)).roll, remove, 'steward', 'deputy'));
    expect((await people(node)).people.map(({ name }) => name)).not.toContain('Nora Neu');
    expect(codeOf(await post(node, '/v1/people', signed))).toBe('REPLAYED');
  });

  it('never become fewer than two who decide', async () => {
    const node = await registry.up();
    const remove = { what: 'remove', kid: staff.deputy.pair.kid } as const;
    const signed = await change((await people(node)).roll, remove, 'steward', 'deputy');
    expect(codeOf(await post(node, '/v1/people', signed))).toBe('INVALID_REQUEST');
  });

  it('are not changed by another list of first people at a later start', async () => {
    const options = registry.fresh();
    await (await registry.up(options)).close();
    const [one, two] = [await makePerson('Eva Fremd', 'steward'), await makePerson('Emil Fremd', 'signatory')];
    const node = await registry.up({ ...options, firstPeople: [one, two].map(enrolment) });
    expect((await people(node)).people.map(({ name }) => name)).not.toContain('Eva Fremd');
    await post(node, '/v1/stop');
    const statement = await signedBy(await about(node), one, two);
    expect(codeOf(await post(node, '/v1/start', statement))).toBe('KEY_UNKNOWN');
  });
});
