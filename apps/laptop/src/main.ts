/** `npm start`: the whole federation on one machine, its answer, and what to try next. */
import { helpOrUsage, runDemonstration } from './demonstration.ts';
import { parseOptions } from './options.ts';

const parsed = parseOptions(process.argv.slice(2), process.env.LANG ?? '');
process.exitCode = parsed.kind === 'run' ? await runDemonstration(parsed.options) : helpOrUsage(parsed);
