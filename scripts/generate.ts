/** `pnpm gen`: everything that derives from the schemas and is committed, made anew; tests compare it with the code. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { openApiDocument as brokerDocument } from '@revier/broker';
import { openApiDocument as nodeDocument } from '@revier/registry-node';
import { profileDocuments } from './policy-profile.ts';
import { problemsPage } from './problems-page.ts';
import { makeVectors } from './vectors.ts';

const write = (path: string, content: string): void => {
  const url = new URL(`../${path}`, import.meta.url);
  mkdirSync(new URL('.', url), { recursive: true });
  writeFileSync(url, content);
  process.stderr.write(`${path}\n`);
};
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

write('docs/problems.md', problemsPage());
write('docs/openapi/broker.json', json(await brokerDocument()));
write('docs/openapi/registry-node.json', json(await nodeDocument()));
write('docs/decisions/0001.vectors.json', json(await makeVectors()));
for (const [name, content] of Object.entries(profileDocuments)) write(`docs/profile/${name}`, json(content));
