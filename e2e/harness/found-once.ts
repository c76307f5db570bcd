/** Founds the federation that all tests copy: keys, data, negotiated agreements, and records that have seen one start. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agreeRegisters, foundFederation, ruhrFederation } from '@revier/laptop';
import type { TestProject } from 'vitest/node';
import { layFederation } from './federation.ts';
import { slugs } from './members.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A founded federation whose processes do not run. */
    readonly founded: string;
  }
}

/** Enough for figures besides withheld cells. */
const PERSONS = 100_000;
const REGISTER = 'urn:revier:register:colorectal-ruhr';

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'revier-e2e-founded-'));
  const whole = ruhrFederation(PERSONS);
  const spec = {
    ...whole,
    holders: whole.holders.filter(({ slug }) => slugs.some((one) => one === slug)),
    registers: whole.registers.filter(({ id }) => id === REGISTER),
  };
  // Yesterday: a test may set clocks back.
  const now = new Date(Date.now() - 24 * 60 * 60_000);
  await foundFederation({ spec, folder, options: { persons: PERSONS }, now, lang: 'en', say: () => undefined });
  const federation = await layFederation({ folder });
  try {
    await federation.start();
    await agreeRegisters({ spec, folder, url: federation.brokerUrl, from: now });
  } finally {
    await federation.stop();
  }
  project.provide('founded', folder);
  return () => rm(folder, { recursive: true, force: true });
}
