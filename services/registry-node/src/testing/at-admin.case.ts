/** The loopback port of a node under test, called with the token of its owner, of somebody else, or with none. */
import { randomUUID } from 'node:crypto';
import type { RunningNode } from '../node-options.ts';
import type { Parties, Party } from './parties.case.ts';
import { seconds } from './people.case.ts';

export interface Said {
  readonly status: number;
  readonly json: unknown;
}

/** @param by null: without a token */
export async function callAdmin(
  node: RunningNode,
  path: string,
  { parties, by, body }: { readonly parties: Parties; readonly by?: Party | null; readonly body?: unknown },
): Promise<Said> {
  const { id } = parties.holder('registry');
  const caller = by === undefined ? parties.holder('registry') : by;
  const headers = {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(caller === null ? {} : { authorization: `Bearer ${await tokenOf(caller, id)}` }),
  };
  const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  const reply = await fetch(`${node.adminUrl}${path}`, init);
  return { status: reply.status, json: await reply.json() };
}

function tokenOf({ id, signer }: Party, aud: string): Promise<string> {
  const [iat, exp] = [seconds(), seconds() + 60];
  return signer.sign('revier-access+jws', { ...{ iss: id, aud, realm: 'test', jti: randomUUID(), iat, exp } });
}

/** Without a token: what everybody on the machine may ask for, like a stop. */
export async function postAdmin(node: RunningNode, path: string, body?: unknown): Promise<Said> {
  const reply = await fetch(`${node.adminUrl}${path}`, {
    method: 'POST',
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return { status: reply.status, json: await reply.json() };
}

export const codeOf = ({ json }: Said): unknown => (json instanceof Object && 'code' in json ? json.code : json);
