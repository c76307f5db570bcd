/** `revier node person`: who is enrolled; the first are written at set-up, every later change is prepared for two signatures. */
import { join, resolve } from 'node:path';
import { keyIdOf } from '@revier/connector-sdk';
import { FirstPeople, GeneralJws, type PeopleChange, PeopleRoll, Person, PublicKey } from '@revier/schema';
import { z } from 'zod';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { type NodeAtHand, nodeAtHand, nodeFiles, readFileAs, writeJson } from '../../node/admin-port.ts';
import { UsageError } from '../../options.ts';

const HOURS = 24;
/** A private key is not refused, but only its public half is read. */
const KeyFile = z.object(PublicKey.shape);

export async function person(context: Context): Promise<ExitCode> {
  const [verb] = context.positionals;
  const node = await nodeAtHand(context);
  if (verb === 'list') await put(context, asJson(await node.get('/v1/people', PeopleRoll)));
  else if (verb === 'add') await add(context, node);
  else if (verb === 'remove') await remove(context, node);
  else if (verb === 'change') await change(context, node);
  else throw new UsageError('Say list, add, remove or change.');
  return exitCodes.answered;
}

/** While nobody is enrolled, people are written down for the first start; the node takes them once there are two who decide. */
async function add(context: Context, node: NodeAtHand): Promise<void> {
  const added = await personIn(context);
  const roll = await rollOf(node);
  if (roll !== undefined && roll.people.length > 0) return prepare(context, node, roll, { what: 'add', person: added });
  const file = join(node.folder, nodeFiles.people);
  const first = await readFileAs(file, FirstPeople).catch(() => ({ people: [] }));
  await writeJson(file, { people: [...first.people, added] });
  await put(context, `${added.name} is written down; the node enrols its first people when it starts.`);
}

async function remove(context: Context, node: NodeAtHand): Promise<void> {
  const { name, key } = context.flags;
  const roll = await node.get('/v1/people', PeopleRoll);
  const kid = key === undefined ? undefined : await keyIdOf(await readFileAs(pathOf(context, key), KeyFile));
  const found = roll.people.filter((one) => (kid === undefined ? one.name === name : one.kid === kid));
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new UsageError('Name one person who is enrolled with --name, or the key with --key.');
  await prepare(context, node, roll, { what: 'remove', kid: only.kid });
}

async function change(context: Context, node: NodeAtHand): Promise<void> {
  const { statement } = context.flags;
  if (statement === undefined) throw new UsageError('Name the signed change with --statement.');
  const signed = await readFileAs(pathOf(context, statement), GeneralJws);
  await put(context, asJson(await node.post('/v1/people', signed, PeopleRoll)));
}

async function prepare(
  context: Context,
  { participant, realm }: NodeAtHand,
  { roll }: PeopleRoll,
  what: PeopleChange['change'],
): Promise<void> {
  const iat = Math.floor(context.terminal.clock().getTime() / 1000);
  const exp = iat + (context.flags.hours ?? HOURS) * 3600;
  const prepared: PeopleChange = {
    ...{ kind: 'people-change', node: participant, realm, roll },
    ...{ change: what, iat, exp },
  };
  await put(context, asJson(prepared));
}

async function personIn(context: Context): Promise<Person> {
  const { name, role, key } = context.flags;
  if (name === undefined || role === undefined || key === undefined)
    throw new UsageError('Say who with --name, --role and --key.');
  const { kty, crv, x } = await readFileAs(pathOf(context, key), KeyFile);
  const found = Person.safeParse({ name, role, key: { kty, crv, x } });
  if (found.success) return found.data;
  throw new UsageError(found.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join(' '));
}

/** Without a process nobody can say who is enrolled; then only a node that has never started takes people from the file. */
const rollOf = (node: NodeAtHand): Promise<PeopleRoll | undefined> =>
  node.get('/v1/people', PeopleRoll).catch(() => undefined);

const pathOf = ({ terminal }: Context, file: string): string => resolve(terminal.cwd, file);
