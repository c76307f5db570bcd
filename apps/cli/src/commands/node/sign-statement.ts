/** `revier node sign-restart`: one person's signature under a statement, beside those that are there; shows first what is signed. */
import { resolve } from 'node:path';
import { addSignature, PrivateKey, signGeneral } from '@revier/connector-sdk';
import { unverified } from '@revier/core';
import { AppError, GeneralJws, PeopleChange, RestartStatement, ResumeStatement } from '@revier/schema';
import { z } from 'zod';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { readFileAs } from '../../node/admin-port.ts';
import { UsageError } from '../../options.ts';
import { readKeyFile } from '../../profile/key-file.ts';
import { plain } from '../../render/plain-text.ts';

const Statement = z.discriminatedUnion('kind', [RestartStatement, PeopleChange, ResumeStatement]);
type Statement = z.infer<typeof Statement>;

const kinds = {
  restart: 'revier-restart+jws',
  'people-change': 'revier-people+jws',
  resume: 'revier-resume+jws',
} as const;

export async function signStatement(context: Context): Promise<ExitCode> {
  const { flags, terminal, positionals } = context;
  const [file] = positionals;
  if (file === undefined || flags.key === undefined)
    throw new UsageError('Name the statement, and your key with --key.');
  const given = await readFileAs(resolve(terminal.cwd, file), z.union([Statement, GeneralJws]));
  const statement = 'kind' in given ? given : statementIn(given);
  terminal.stderr.write(`You sign:\n${plain(asJson(statement))}\n`);
  const key = await privateKey(resolve(terminal.cwd, flags.key));
  const kind = kinds[statement.kind];
  const signed = 'kind' in given ? await signGeneral(kind, statement, [key]) : await addSignature(given, kind, key);
  await put(context, asJson(signed));
  return exitCodes.answered;
}

/** The signatures that are there are verified by the node: nobody else knows who is enrolled. */
function statementIn(given: GeneralJws): Statement {
  try {
    return Statement.parse(unverified(given));
  } catch {
    throw new UsageError('This is no statement that people sign for a node.');
  }
}

async function privateKey(file: string): Promise<PrivateKey> {
  try {
    return PrivateKey.parse(JSON.parse(await readKeyFile(file)));
  } catch (error) {
    // The cause is left out: a parser's message quotes what it read.
    throw error instanceof AppError ? error : new UsageError(`${file} holds no Ed25519 private key as JWK.`);
  }
}
