/** What a draft of the trust list changes, in words: this is what a signer reads before signing. */
import { fingerprintOf } from '@revier/connector-sdk';
import type { KeyId, Participant, TrustList } from '@revier/schema';

/** A line for each difference; the same fingerprint of a new participant stands at its own node and at the operator. */
export function changeInWords(before: TrustList, after: TrustList): string[] {
  const had = new Map(before.participants.map((one) => [one.id, one]));
  const has = new Map(after.participants.map((one) => [one.id, one]));
  return [
    `version ${before.version} becomes ${after.version}, good until ${after.expires}`,
    ...after.participants.filter(({ id }) => !had.has(id)).map(entering),
    ...before.participants.filter(({ id }) => !has.has(id)).map((one) => `LEAVES  ${one.id} (${one.name})`),
    ...after.participants.flatMap((one) => changed(had.get(one.id), one)),
    ...kids('signer', before.signers, after.signers),
    ...kids('timestamper', before.timestampers ?? [], after.timestampers ?? []),
    ...(before.threshold === after.threshold
      ? []
      : [`SIGNATURES NEEDED  ${before.threshold} become ${after.threshold}`]),
    ...(before.realm === after.realm ? [] : [`REALM  ${before.realm} becomes ${after.realm}`]),
  ];
}

const entering = (one: Participant): string =>
  `ENTERS  ${one.id} (${one.name}) as ${one.roles.join(', ')}${one.sector === undefined ? '' : `, ${one.sector}`}\n        fingerprint ${one.keys.map((key) => fingerprintWith(one, key)).join(' and ')}`;

/** As `verifyEnrolment` says it, since that is what was compared. */
const fingerprintWith = ({ id, name, roles }: Participant, { kid, key }: Participant['keys'][number]): string =>
  fingerprintOf({ id, name, roles, key: { kid, key } });

function changed(before: Participant | undefined, after: Participant): string[] {
  if (before === undefined) return [];
  const [had, has] = [new Map(before.keys.map((key) => [key.kid, key])), new Set(after.keys.map(({ kid }) => kid))];
  return [
    ...(before.name === after.name ? [] : [`NAME  ${after.id}: "${before.name}" becomes "${after.name}"`]),
    ...(before.roles.join() === after.roles.join()
      ? []
      : [`ROLES  ${after.id}: ${before.roles.join(', ')} become ${after.roles.join(', ')}`]),
    ...(before.sector === after.sector
      ? []
      : [`SECTOR  ${after.id}: ${before.sector ?? 'none'} becomes ${after.sector ?? 'none'}`]),
    ...after.keys.flatMap((key) => {
      const old = had.get(key.kid);
      if (old === undefined)
        return [`NEW KEY  ${after.id} (${after.name})\n         fingerprint ${fingerprintWith(after, key)}`];
      return old.until === key.until ? [] : [`KEY ENDS  ${after.id}: ${short(key.kid)} on ${key.until ?? 'no day'}`];
    }),
    ...before.keys.filter(({ kid }) => !has.has(kid)).map(({ kid }) => `KEY LEAVES  ${after.id}: ${short(kid)}`),
  ];
}

const kids = (what: string, before: readonly KeyId[], after: readonly KeyId[]): string[] => [
  ...after.filter((kid) => !before.includes(kid)).map((kid) => `NEW ${what.toUpperCase()}  ${short(kid)}`),
  ...before.filter((kid) => !after.includes(kid)).map((kid) => `NO ${what.toUpperCase()} ANY MORE  ${short(kid)}`),
];

const short = (kid: KeyId): string => `${kid.slice(0, 12)}…`;
