/** Demonstrations: names that nobody can own, under which example keys and invented data live; production refuses them. */
import { AppError, type DatasetDescription, type ParticipantId, type TrustList } from '@revier/schema';

/** RFC 2606 and RFC 6761: reserved for examples, tests and this machine. */
const RESERVED = /(^|\.)(example|test|invalid|localhost|example\.(com|net|org))$/;

export const isDemonstration = (id: ParticipantId): boolean => RESERVED.test(id.slice('did:web:'.length));

/**
 * A key counts only under a participant of the trust list, so a list of production without such participants keeps every
 * example key out: of people, who are vouched for by theirs, too.
 * @throws AppError FORBIDDEN
 */
export function assertNoDemonstration({ realm, participants }: TrustList): void {
  if (realm === 'production' && participants.some(({ id }) => isDemonstration(id)))
    throw AppError.at(
      'FORBIDDEN',
      '/participants',
      'Demonstration participants and their keys are for test realms only.',
    );
}

/** @throws AppError FORBIDDEN for invented data in production */
export function assertRealData({ realm, synthetic }: Pick<DatasetDescription, 'realm' | 'synthetic'>): void {
  if (realm === 'production' && synthetic)
    throw AppError.at('FORBIDDEN', '/synthetic', 'Synthetic data are for test realms only.');
}
