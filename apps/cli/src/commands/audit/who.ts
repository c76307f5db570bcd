/** `revier audit who`: who asked about these codes, why, and what left; the node resolves whom its log means. */
import { z } from 'zod';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { askOwnNode } from '../../node/owner.ts';
import { UsageError } from '../../options.ts';
import { plain } from '../../render/plain-text.ts';
import { langOf } from '../../terminal.ts';

const text = z.string().nullable();
const Asked = z.looseObject({
  at: z.string(),
  decision: z.string(),
  codes: z.array(z.string()),
  ...{ person: text, organisation: text, register: text, purpose: text, dataset: text, mode: text },
  table: z.looseObject({ model: z.string(), by: z.array(z.string()), measures: z.array(z.string()) }).nullable(),
  touches: z.enum(['named', 'included']).nullable(),
});
const WhoAsked = z.object({ asked: z.array(Asked) });

export async function who(context: Context): Promise<ExitCode> {
  const { flags } = context;
  if (flags.by === undefined) throw new UsageError('Say who reads with --by: it is entered into the log.');
  const since = flags.since === undefined ? {} : { since: new Date(flags.since).toISOString() };
  const about = [flags.about, flags.area].filter((code) => code !== undefined);
  const { asked } = await askOwnNode(context, '/v1/audit/who', WhoAsked, { about, reader: flags.by, ...since });
  await put(context, flags.json ? asJson(asked) : told(asked, (flags.lang ?? langOf(context.terminal)) === 'de'));
  return exitCodes.answered;
}

function told(asked: readonly z.infer<typeof Asked>[], german: boolean): string {
  const nobody = german ? 'nicht mehr feststellbar' : 'no longer known';
  const labels = german
    ? {
        person: 'Person',
        register: 'Register',
        purpose: 'Zweck',
        table: 'Tabelle',
        none: 'Niemand hat danach gefragt.',
      }
    : {
        person: 'Person',
        register: 'Register',
        purpose: 'Purpose',
        table: 'Table',
        none: 'Nobody has asked about it.',
      };
  if (asked.length === 0) return labels.none;
  const lines = asked.map(({ at, decision, codes, person, organisation, register, purpose, table, mode }) =>
    [
      `${at}  ${decision}${codes.length > 0 ? ` (${codes.join(', ')})` : ''}`,
      `  ${labels.person}: ${person ?? nobody}${organisation === null ? '' : `, ${organisation}`}`,
      `  ${labels.register}: ${register ?? '-'}`,
      `  ${labels.purpose}: ${purpose ?? '-'}`,
      ...(table === null
        ? []
        : [
            `  ${labels.table}: ${table.model}: ${table.measures.join(', ')} | ${table.by.join(', ')} | ${mode ?? '-'}`,
          ]),
    ]
      .map(plain)
      .join('\n'),
  );
  return lines.join('\n');
}
