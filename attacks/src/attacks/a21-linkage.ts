/** A21: identifiers, plain or encoded: asked for, and looked for in everything that the broker has seen. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folders } from '@revier/laptop';
import type { Attack } from '../attack.ts';
import { counts } from '../federation/lattice.ts';
import { said } from '../federation/tables.ts';

/** Planted in every identifier of the registers. */
const CANARY = 'CANARY-';

export const linkage: Attack = {
  id: 'A21',
  title: 'identifiers that leave a node',
  needs: 'federation',
  quick: false,
  async run({ federation, tables }) {
    await tables.table('crossed');
    const [target] = federation.people.targets;
    const id = target?.person.id ?? '';
    const asking = [
      counts({ cases: [{ variable: 'personId', in: [id] }] }, []),
      counts({ cases: [] }, [{ variable: 'personId' }]),
      counts({ cases: [] }, [{ variable: 'caseId', level: 'record' }]),
    ];
    const answers = await Promise.all(asking.map((question) => said(federation.mallory, question)));
    const answered = answers.filter(({ answer }) => answer !== null).length;
    const kept = await found(folders(federation.folder).broker);
    const logged = federation.broker.log().filter((line) => line.includes(CANARY)).length;
    return {
      figure: `${answered} of ${asking.length} answered; ${kept.hits} of ${kept.files} files of the broker, ${logged} lines of its log`,
      criterion: 'none, nowhere',
      passed: answered === 0 && kept.hits === 0 && logged === 0,
      detail: `20,000 planted identifiers; ${[...new Set(answers.flatMap(({ codes }) => codes))].join(', ')}`,
    };
  },
};

async function found(folder: string): Promise<{ readonly files: number; readonly hits: number }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  // A file that the broker has removed in between holds nothing any more.
  const contents = await Promise.all(files.map((file) => readFile(file).catch(() => Buffer.alloc(0))));
  return { files: files.length, hits: contents.filter((content) => content.includes(CANARY)).length };
}
