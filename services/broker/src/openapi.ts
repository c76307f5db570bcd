/** The description of the interface, without a broker behind it. */
import { AppError } from '@revier/schema';
import { createLogger } from '@revier/service-kit';
import { createApp } from './app.ts';

/** OpenAPI 3.1, as /openapi.json gives it. */
export async function openApiDocument(): Promise<object> {
  const logger = createLogger({ name: 'broker', level: 'silent' });
  const nobody = (): never => {
    throw new AppError('NOT_READY');
  };
  const app = await createApp({ logger, broker: nobody });
  try {
    await app.ready();
    return app.swagger();
  } finally {
    await app.close();
  }
}
