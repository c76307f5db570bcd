/** The page of all problems, made from the registry that the code itself uses. */
import { PROBLEM_TYPE_BASE, problemCodes, problemKinds } from '@revier/schema';

export const problemsPage = (): string =>
  [
    '# Problems and what to do',
    '',
    `Every error is \`application/problem+json\` (RFC 9457) with \`type\` \`${PROBLEM_TYPE_BASE}CODE\`, a stable \`code\`, a \`hint\`, and`,
    '`errors` with an RFC 6901 pointer to each spot. None ever carries SQL, counts or stack traces. Made by `pnpm gen`.',
    '',
    '| code | status | title | what to do |',
    '| --- | --- | --- | --- |',
    ...problemCodes.map((code) => {
      const { status, title, hint } = problemKinds[code];
      return `| \`${code}\` | ${status} | ${cell(title)} | ${cell(hint)} |`;
    }),
    '',
  ].join('\n');

const cell = (text: string): string => text.replaceAll('|', '\\|');
