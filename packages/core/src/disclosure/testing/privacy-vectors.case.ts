/** For tests: the reference results of the privacy engine, read where they lie beside the repository. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const shared = process.env.REVIER_SHARED_DATA ?? join(import.meta.dirname, '../../../../../../shared/data');
const folder = join(shared, 'privacy-vectors');

export const hasVectors = existsSync(folder);
if (!hasVectors) console.warn('Skipped: privacy vectors. The reference data are absent; set REVIER_SHARED_DATA.');

export const vectorNames = (part: string): string[] => (hasVectors ? readdirSync(join(folder, part)).sort() : []);

export const vectorText = (path: string): string => readFileSync(join(folder, path), 'utf8');

export const readVector = (path: string): unknown => JSON.parse(vectorText(path));
