/** Record keys: each record's own number, from which the noise of every sum that it stands in follows. */
import { createHmac, createSecretKey } from 'node:crypto';

/**
 * First 4 bytes of HMAC-SHA256(K, "record-key" ‖ dataset ‖ record) as an unsigned integer (disclosure.md 1.2 and 2.3: without
 * the epoch, else a new draw each epoch would average the noise out). The parts are length-prefixed, so that no two
 * pairs of dataset and record give one message.
 */
export function recordKeyer(secret: Uint8Array, dataset: string): (recordId: string) => number {
  // Made once: with plain bytes Node makes a key for each record, which takes longer than the rest of an import.
  const key = createSecretKey(secret);
  return (recordId) => {
    const message = ['record-key', dataset, recordId].map((part) => `${part.length}:${part}`).join('');
    return createHmac('sha256', key).update(message).digest().readUInt32BE(0);
  };
}
