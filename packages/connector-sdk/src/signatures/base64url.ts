/** Base64url in its one form: unused bits and padding would give one signed object several spellings. */
import { AppError } from '@revier/schema';

/** The decoder takes many spellings, and passes over what it does not know: written again, only the one form is the same. @throws AppError NOT_CANONICAL */
export function base64urlBytes(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) throw new AppError('NOT_CANONICAL');
  return bytes;
}
