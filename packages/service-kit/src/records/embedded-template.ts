/** A fresh embedded database to start from, because making one takes longer than everything else at the first start. */
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import { PGlite } from '@electric-sql/pglite';

const TEMPLATE = new URL('../../assets/embedded-template.tar.zst', import.meta.url);

/** In one piece: by default it comes in a thousand. */
const ONE_PIECE = 16 * 1024 * 1024;

/** An empty data directory as a tar archive, made by `make-template.ts` with the PGlite that is installed. */
export async function embeddedTemplate(): Promise<Blob> {
  return new Blob([await promisify(zstdDecompress)(await readFile(TEMPLATE), { chunkSize: ONE_PIECE })]);
}

export async function makeTemplate(): Promise<void> {
  const database = await newDatabase();
  const tar = Buffer.from(await (await database.dumpDataDir('none')).arrayBuffer());
  await database.close();
  const params = { [constants.ZSTD_c_compressionLevel]: 19 };
  await writeFile(TEMPLATE, await promisify(zstdCompress)(tar, { params }));
}

/**
 * What initdb makes, in memory, with a third of its files: without the two databases that only serve to make more
 * databases, and with the write-ahead log in files of 1 MB instead of 16.
 */
export async function newDatabase(): Promise<PGlite> {
  const database = await PGlite.create('memory://', { initDbStartParams: ['--wal-segsize=1'] });
  for (const name of ['template0', 'template1']) {
    await database.query(`alter database ${name} is_template false`);
    await database.query(`drop database ${name}`);
  }
  return database;
}
