/** The schema `broker`, forward only; each step is a name that never changes again. */
import type { Migrations } from '@revier/service-kit';
import { published } from './0001-published.ts';
import { queries } from './0002-queries.ts';
import { persons } from './0003-persons.ts';
import { taskAgreements } from './0004-task-agreements.ts';
import { proofs } from './0005-proofs.ts';
import { trust } from './0006-trust.ts';
import { auditLog } from './0007-audit-log.ts';
import { withdrawals } from './0008-withdrawals.ts';
import { letters } from './0009-letters.ts';
import { steps } from './0010-steps.ts';
import { statuses } from './0011-statuses.ts';
import { secureSums } from './0012-secure-sums.ts';
import { releasesOnce } from './0013-releases-once.ts';
import { SCHEMA } from './tables.ts';

export const migrations: Migrations = {
  schema: SCHEMA,
  migrations: {
    '0001-published': { up: published },
    '0002-queries': { up: queries },
    '0003-persons': { up: persons },
    '0004-task-agreements': { up: taskAgreements },
    '0005-proofs': { up: proofs },
    '0006-trust': { up: trust },
    '0007-audit-log': { up: auditLog },
    '0008-withdrawals': { up: withdrawals },
    '0009-letters': { up: letters },
    '0010-steps': { up: steps },
    '0011-statuses': { up: statuses },
    '0012-secure-sums': { up: secureSums },
    '0013-releases-once': { up: releasesOnce },
  },
};
