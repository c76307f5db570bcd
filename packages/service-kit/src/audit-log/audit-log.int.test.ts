/** The audit log on a PostgreSQL server and embedded. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@revier/testkit';
import { afterAll, describe } from 'vitest';
import { openRecords } from '../records/open-records.ts';
import { describeAuditLog } from './audit-log.case.ts';

const postgres = await startPostgres();
const databaseUrl = postgres?.url ?? '';

describe.skipIf(postgres === undefined)('an audit log on a PostgreSQL server', () => {
  afterAll(() => postgres?.stop());
  describeAuditLog(() => openRecords({ databaseUrl }));
});

describe('an audit log in embedded records', () => {
  const folder = mkdtempSync(join(tmpdir(), 'revier-log-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  describeAuditLog(() => openRecords({ folder: join(folder, 'records') }));
});
