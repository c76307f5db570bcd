/** The inbox from its parts: where its ports meet those of the node. */
import type { Logger } from '@revier/service-kit';
import type { NodeDb } from '../adapters/node-db.ts';
import { recordsNegotiations } from '../adapters/records-negotiations.ts';
import type { Accounts } from '../policy-ports.ts';
import { type AgreementDeps, concludeAgreement } from '../use-cases/conclude-agreement.ts';
import { takeWord } from '../use-cases/take-duty.ts';
import type { InboxDeps, InboxSettings } from './room.ts';
import type { TakeOther } from './take-letter.ts';
import { createWakeup, type Wakeup } from './wakeup.ts';

export interface Inbox extends InboxDeps {
  readonly takeOther: TakeOther;
  readonly woken: Wakeup;
}

export interface InboxParts
  extends Omit<InboxDeps, 'negotiations' | 'conclude' | 'wake' | 'settings' | 'agreements'>,
    AgreementDeps {
  readonly node: NodeDb;
  readonly settings: Partial<InboxSettings> | undefined;
  readonly accounts: Pick<Accounts, 'done'>;
  readonly logger: Logger;
}

export function assembleInbox({ node, settings, changed, ...parts }: InboxParts): Inbox {
  const woken = createWakeup();
  const { self, datasets, agreements, accounts, logger } = parts;
  return {
    ...parts,
    negotiations: recordsNegotiations(node, self.now),
    settings: { templates: [], opinionRequired: false, latticeIsAdvice: false, ...settings },
    conclude: (signed, by) => concludeAgreement(signed, by, { self, datasets, agreements, changed }),
    takeOther: (letter, jws) => takeWord(letter, jws, { self, agreements, accounts, changed, logger }),
    wake: woken.wake,
    woken,
  };
}
