/** The description of the admin port, as committed in `docs/openapi/registry-node.json`. */
import { AppError } from '@revier/schema';
import { createLogger } from '@revier/service-kit';
import { createAdmin } from './app.ts';

/** Made from the very routes, over nothing. */
export async function openApiDocument(): Promise<object> {
  const nothing = (): never => {
    throw new AppError('NOT_READY');
  };
  const logger = createLogger({ name: 'registry-node', level: 'silent' });
  const app = await createAdmin({ status: nothing, decisions: nothing, stop: nothing }, { logger });
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
}
