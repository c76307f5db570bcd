/** The template from which embedded databases start is what the installed PGlite would make. */
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddedTemplate, newDatabase } from './embedded-template.ts';

describe('the template of the embedded database', () => {
  let fromTemplate: PGlite;
  let fresh: PGlite;

  beforeAll(async () => {
    fromTemplate = await PGlite.create({ loadDataDir: await embeddedTemplate() });
    fresh = await newDatabase();
  }, 30_000);
  afterAll(async () => {
    await fromTemplate.close();
    await fresh.close();
  });

  // Fails when PGlite was changed and make-template.ts was not run.
  it.each([
    ['catalogue', `select catalog_version_no, pg_control_version from pg_control_system()`],
    ['settings', `select name, setting from pg_settings where source <> 'override' order by name`],
    ['functions', `select count(*), sum(hashtext(proname || prosrc)) from pg_proc`],
    [
      'tables',
      `select nspname, relname, relkind from pg_class c join pg_namespace n on n.oid = relnamespace order by 1, 2, 3`,
    ],
    ['roles', `select rolname, rolsuper, rolcanlogin, rolpassword from pg_roles order by 1`],
    ['databases', `select datname, datcollate, encoding from pg_database order by 1`],
  ])('has the %s that the installed PGlite makes', async (_what, query) => {
    const { rows } = await fromTemplate.query(query);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows).toEqual((await fresh.query(query)).rows);
  });
});
