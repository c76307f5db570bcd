/** The description of the admin port, as committed in `docs/openapi/registry-node.json`. */
import { AppError } from '@revier/schema';
import { createLogger, unobserved } from '@revier/service-kit';
import { z } from 'zod';
import { createAdmin } from './app.ts';

/** Made from the very routes, over nothing. */
export async function openApiDocument(): Promise<object> {
  const nothing = (): never => {
    throw new AppError('NOT_READY');
  };
  const logger = createLogger({ name: 'registry-node', level: 'silent' });
  const app = await createAdmin(
    {
      status: nothing,
      decisions: nothing,
      stop: nothing,
      start: nothing,
      roll: nothing,
      changePeople: nothing,
      deletions: nothing,
      reconcile: nothing,
    },
    {
      admit: nothing,
      export: nothing,
      who: nothing,
      erase: nothing,
      round: nothing,
      recipients: nothing,
      withdraw: nothing,
      agreements: nothing,
      agreement: nothing,
      processingRecord: nothing,
      state: nothing,
    },
    {
      admit: nothing,
      list: nothing,
      view: nothing,
      prepareLimit: nothing,
      limit: nothing,
      handIn: nothing,
      policies: nothing,
      givePolicy: nothing,
      endPolicy: nothing,
    },
    { logger, metrics: unobserved.metrics },
  );
  await app.ready();
  const document = Described.parse(JSON.parse(JSON.stringify(app.swagger())));
  await app.close();
  return withoutStrangers(document);
}

const Described = z.looseObject({
  paths: z.record(z.string(), z.unknown()),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

/** The frame describes every word of Revier; here stand only those that this port speaks. */
function withoutStrangers(document: z.infer<typeof Described>): object {
  const { schemas } = document.components;
  const reached = new Set<string>();
  const visit = (part: unknown): void => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (reached.has(name)) continue;
      reached.add(name);
      visit(schemas[name] ?? null);
    }
  };
  visit(document.paths);
  const spoken = Object.fromEntries(Object.entries(schemas).filter(([name]) => reached.has(name)));
  return { ...document, components: { ...document.components, schemas: spoken } };
}
