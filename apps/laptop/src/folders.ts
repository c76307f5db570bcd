/** Where a laptop federation keeps what, and the mark that says that it was founded. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

export const MARK_FORMAT = 1;

const Mark = z.strictObject({
  format: z.literal(MARK_FORMAT),
  name: z.string(),
  /** What the data were made with. */
  options: z.strictObject({ persons: z.int().nullable() }),
});
export type Mark = z.infer<typeof Mark>;

export const folders = (folder: string) => ({
  broker: join(folder, 'broker'),
  node: (slug: string) => join(folder, 'nodes', slug),
  user: join(folder, 'user'),
  /** Keys of the people at a holder, which a real node never sees. */
  people: (slug: string) => join(folder, 'people', slug),
  logIn: join(folder, 'log-in'),
  operator: join(folder, 'operator'),
  dataUser: join(folder, 'data-user'),
});

/** The mark of a founded federation, or null: not founded, interrupted, or of another version. */
export function readMark(folder: string): Mark | null {
  const file = join(folder, 'federation.json');
  if (!existsSync(file)) return null;
  const mark = Mark.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return mark.success ? mark.data : null;
}
