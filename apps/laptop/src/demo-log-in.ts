/** The log-in of the laptop federation: invented people for every role, and keys that are kept beside the rest. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type DemoProvider,
  type DemoUser,
  makeProviderKeys,
  ProviderKeys,
  startDemoProvider,
} from '@revier/demo-provider';
import type { FederationSpec } from './federation-spec.ts';

export interface LogInPlace {
  readonly spec: Pick<FederationSpec, 'broker' | 'dataUser' | 'holders'>;
  /** Where the keys are kept. */
  readonly folder: string;
  /** 0 for a free one. */
  readonly port: number;
}

export async function raiseLogIn({ spec, folder, port }: LogInPlace): Promise<DemoProvider> {
  const keys = await keysIn(folder);
  return startDemoProvider({ realm: 'test', port, audience: spec.broker.id, users: demoUsers(spec), keys });
}

/** One for each role; the researcher is the person of the profile. */
export function demoUsers({ dataUser, broker, holders: [holder] }: LogInPlace['spec']): readonly DemoUser[] {
  return [
    { id: 'researcher', name: 'Erika, researcher', roles: ['researcher'], organisation: dataUser.id },
    { id: 'planner', name: 'Paul, health planner', roles: ['planner'], organisation: dataUser.id },
    { id: 'operator', name: 'Otto, operator of the data space', roles: ['operator'], organisation: broker.id },
    { id: 'auditor', name: 'Ada, auditor', roles: ['auditor'] },
    ...(holder === undefined
      ? []
      : ([
          { id: 'holder-admin', name: `Hanna, ${holder.name}`, roles: ['holder-admin'], organisation: holder.id },
          {
            id: 'data-protection-officer',
            name: `Dora, data protection officer, ${holder.name}`,
            roles: ['data-protection-officer'],
            organisation: holder.id,
          },
        ] as const)),
  ];
}

async function keysIn(folder: string): Promise<ProviderKeys> {
  const file = join(folder, 'keys.json');
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined) return ProviderKeys.parse(JSON.parse(kept));
  const keys = await makeProviderKeys();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(file, `${JSON.stringify(keys)}\n`, { mode: 0o600 });
  return keys;
}
