/** A fresh embedded database to start from, because making one takes longer than everything else at the first start. */
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants } from 'node:zlib';
import { PGlite } from '@electric-sql/pglite';

const TEMPLATE = new URL('../../assets/embedded-template.tar.br', import.meta.url);

/** An empty data directory as a tar archive, made by `make-template.ts` with the PGlite that is installed. */
export async function embeddedTemplate(): Promise<Blob> {
  return new Blob([await promisify(brotliDecompress)(await readFile(TEMPLATE))]);
}

export async function makeTemplate(): Promise<void> {
  const database = await PGlite.create('memory://');
  const tar = Buffer.from(await (await database.dumpDataDir('none')).arrayBuffer());
  await database.close();
  // Quality 9: 1.5 MB in a second; the highest saves 0.2 MB and takes twenty.
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 24 };
  await writeFile(TEMPLATE, await promisify(brotliCompress)(tar, { params }));
}
