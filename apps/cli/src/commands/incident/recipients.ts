/** `revier incident recipients`: organisations, persons, registers and queries that something has reached. */
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { plain } from '../../render/plain-text.ts';
import { recipientsAt } from './at-node.ts';

export async function recipients(context: Context): Promise<ExitCode> {
  const found = await recipientsAt(context);
  const lines = found.map(({ at, organisation, person, register, purpose, dataset, submission }) =>
    plain(
      [at, organisation ?? '?', person ?? 'erased', register ?? '?', purpose ?? '?', dataset, submission].join('  '),
    ),
  );
  const text = found.length === 0 ? 'It has reached nobody.' : lines.join('\n');
  await put(context, context.flags.json ? asJson(found) : text);
  return exitCodes.answered;
}
