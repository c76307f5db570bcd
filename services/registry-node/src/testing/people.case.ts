/** People enrolled at a node in tests, with the keys that they sign with. */
import { generateKeyPair, type KeyPair, signGeneral } from '@revier/connector-sdk';
import type { GeneralJws, Person, RestartStatement, StaffRole } from '@revier/schema';

export interface TestPerson extends Person {
  readonly pair: KeyPair;
}

export async function makePerson(name: string, role: StaffRole): Promise<TestPerson> {
  const pair = await generateKeyPair();
  return { name, role, key: pair.publicKey, pair };
}

export const enrolment = ({ name, role, key }: TestPerson): Person => ({ name, role, key });

export interface Staff {
  readonly steward: TestPerson;
  readonly deputy: TestPerson;
  readonly officer: TestPerson;
  /** The steward again, in another role and with another key. */
  readonly stewardAgain: TestPerson;
  readonly people: readonly Person[];
}

export async function makeStaff(): Promise<Staff> {
  const steward = await makePerson('Erika Muster', 'steward');
  const deputy = await makePerson('Max Beispiel', 'deputy-signatory');
  const officer = await makePerson('Olga Amt', 'data-protection-officer');
  const stewardAgain = await makePerson('erika  MUSTER', 'signatory');
  const people = [steward, deputy, officer, stewardAgain].map(enrolment);
  return { steward, deputy, officer, stewardAgain, people };
}

export const seconds = (): number => Math.floor(Date.now() / 1000);

export function restart(of: Pick<RestartStatement, 'node' | 'realm' | 'stop'>): RestartStatement {
  return { kind: 'restart', ...of, reason: 'checked', iat: seconds(), exp: seconds() + 600 };
}

export const signedBy = (statement: RestartStatement, ...people: readonly TestPerson[]): Promise<GeneralJws> =>
  signGeneral(
    'revier-restart+jws',
    statement,
    people.map(({ pair }) => pair.privateKey),
  );
