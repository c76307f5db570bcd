/** Run after each change of the PGlite version: `node packages/service-kit/src/records/make-template.ts`. */
import { makeTemplate } from './embedded-template.ts';

await makeTemplate();
