/** A description holds the words that its interface speaks, and not all that the house has. */
import { z } from 'zod';

const Described = z.looseObject({
  paths: z.unknown(),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()).default({}) }).default({ schemas: {} }),
});

/** Drops what no operation refers to, directly or through other schemas. */
export function withSpokenSchemas(document: object): object {
  const { components, paths } = Described.parse(document);
  const spoken = new Set<string>();
  const visit = (part: unknown): void => {
    for (const [, name = ''] of JSON.stringify(part ?? null).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (spoken.has(name)) continue;
      spoken.add(name);
      visit(components.schemas[name]);
    }
  };
  visit(paths);
  const schemas = Object.fromEntries(Object.entries(components.schemas).filter(([name]) => spoken.has(name)));
  return { ...document, components: { ...components, schemas } };
}
