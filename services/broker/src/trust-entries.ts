/** What the broker enters into its audit log of who takes part: organisations and keys by their names, never a code, never a person. */
import { canonicalText, contentHash } from '@revier/core';
import type { Enrolment, GeneralJws, TrustList } from '@revier/schema';
import type { EntryToLog } from '@revier/service-kit';

const nobody = { codes: [], person: null } as const;

/** @param expires milliseconds since the epoch */
export const invitedEntry = (expires: number): EntryToLog => ({
  ...nobody,
  decision: 'invitation-issued',
  facts: { expires: new Date(expires).toISOString() },
});

/** By somebody who was invited, or whose key stands in the list. */
export const enrolmentEntry = ({ id, key, replaces }: Enrolment): EntryToLog => ({
  ...nobody,
  decision: 'enrolment-received',
  facts: { participant: id, key: key.kid, replaces },
});

/** By its hash alone: a stranger must not be able to write words into a log that forgets nothing. */
export const enrolmentRefusedEntry = (request: GeneralJws, code: string): EntryToLog => ({
  ...nobody,
  decision: 'enrolment-refused',
  codes: [code],
  facts: { request: contentHash(request) },
});

interface Place {
  readonly participant: string;
  readonly key: string;
}

/** The list with what it changes, then each key that has come with it. */
export function takenEntries(before: TrustList, after: TrustList): readonly EntryToLog[] {
  const [were, are] = [placesIn(before), placesIn(after)];
  const admitted = [...are.values()].filter(({ key }) => !were.has(key));
  const left = [...were.values()].filter(({ key }) => !are.has(key));
  const list = contentHash(after);
  const changes = { version: after.version, list, admitted, left };
  const hash = contentHash(changes);
  return [
    {
      ...nobody,
      decision: 'trust-list-taken',
      facts: { version: after.version, list, changes: hash, admitted: admitted.length, left: left.length },
      snapshots: new Map([[hash, canonicalText(changes)]]),
    },
    ...admitted.map((place) => ({
      ...nobody,
      decision: 'enrolment-admitted',
      facts: { ...place, version: after.version },
    })),
  ];
}

const placesIn = ({ participants }: TrustList): ReadonlyMap<string, Place> =>
  new Map(participants.flatMap(({ id, keys }) => keys.map(({ kid }) => [kid, { participant: id, key: kid }])));
