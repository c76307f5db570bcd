/** Somebody who is logged in, and whom they stand for. */
import type { PersonId } from '@revier/connector-sdk';
import { AppError, type Credential, type KeyId, type Me, type ParticipantId, type PersonRole } from '@revier/schema';

/** What the provider says of somebody, after everything about it has been checked. */
export interface Login {
  readonly issuer: string;
  readonly subject: string;
  readonly roles: readonly PersonRole[];
  readonly organisation: ParticipantId | undefined;
  /** Thumbprint of the key that the caller has proved to hold; undefined for plain bearer tokens. */
  readonly key: KeyId | undefined;
}

export interface Principal extends Login {
  /** Whose queries are theirs. */
  readonly persons: readonly PersonId[];
}

/** A credential that has verified, with the name of its key. */
export interface ShownCredential {
  readonly credential: Credential;
  readonly key: KeyId;
  readonly person: PersonId;
}

/** The name for counting: one subject at one provider. */
export const nameOf = ({ issuer, subject }: Login): string => `${issuer} ${subject}`;

export function principalOf(login: Login, shown: ShownCredential | undefined): Principal {
  const persons = personsOf(login, shown);
  return { ...login, persons, organisation: login.organisation ?? shown?.credential.iss };
}

/**
 * The one place that says which persons somebody stands for: today the person of the credential whose key the caller
 * has proved to hold. A plain bearer token proves no key, and every node has seen the credential, so it stands for nobody.
 * @throws AppError CREDENTIAL_INVALID for the credential of somebody else
 */
function personsOf({ key, organisation }: Login, shown: ShownCredential | undefined): readonly PersonId[] {
  if (shown === undefined) return [];
  if (key !== shown.key)
    throw new AppError('CREDENTIAL_INVALID', { detail: 'The access token is not bound to the key of the credential.' });
  if (organisation !== undefined && organisation !== shown.credential.iss)
    throw new AppError('CREDENTIAL_INVALID', { detail: 'The credential is of another organisation than the log-in.' });
  return [shown.person];
}

export const meOf = ({ issuer, subject, roles, organisation, persons }: Principal): Me => ({
  issuer,
  subject,
  roles: [...roles],
  organisation: organisation ?? null,
  persons: [...persons],
});
