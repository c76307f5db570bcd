/** The people of the example: at each holder a steward, a signatory, a deputy and the data protection officer, each with a key. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateKeyPair } from '@revier/connector-sdk';
import type { Person, StaffRole } from '@revier/schema';

/** Invented names, whoever the holder. */
const people: readonly (readonly [string, StaffRole])[] = [
  ['Erika Muster', 'steward'],
  ['Max Beispiel', 'signatory'],
  ['Dana Vertretung', 'deputy-steward'],
  ['Olga Schutz', 'data-protection-officer'],
];

/** Writes a key for each into the folder, named by the role; their public halves are returned. */
export async function enrolStaff(folder: string): Promise<Person[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return Promise.all(
    people.map(async ([name, role]) => {
      const { privateKey, publicKey: key } = await generateKeyPair();
      await writeFile(join(folder, `${role}.jwk`), `${JSON.stringify(privateKey, null, 2)}\n`, { mode: 0o600 });
      return { name, role, key };
    }),
  );
}
