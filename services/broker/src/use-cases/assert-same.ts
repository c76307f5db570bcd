/** Signed fields against what they must say. */
import { AppError } from '@revier/schema';

const codes = { aud: 'WRONG_AUDIENCE', realm: 'WRONG_REALM' } as const;

const codeOf = (field: string) => (field === 'aud' || field === 'realm' ? codes[field] : 'INVALID_REQUEST');

/** @throws AppError WRONG_AUDIENCE, WRONG_REALM or INVALID_REQUEST at the first field that differs */
export function assertSame(actual: object, expected: Readonly<Record<string, unknown>>): void {
  const fields = new Map<string, unknown>(Object.entries(actual));
  for (const [field, value] of Object.entries(expected))
    if (value === undefined || fields.get(field) !== value)
      throw AppError.at(codeOf(field), `/${field}`, 'This is not what the task says.');
}
