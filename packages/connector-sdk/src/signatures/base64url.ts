/** Base64url in its one form: unused bits and padding would give one signed object several spellings. */
import { AppError } from '@revier/schema';
import { base64url } from 'jose';

/** @throws AppError NOT_CANONICAL */
export function base64urlBytes(text: string): Uint8Array {
  const bytes = decode(text);
  if (base64url.encode(bytes) !== text) throw new AppError('NOT_CANONICAL');
  return bytes;
}

function decode(text: string): Uint8Array {
  try {
    return base64url.decode(text);
  } catch (cause) {
    throw new AppError('NOT_CANONICAL', { cause });
  }
}
