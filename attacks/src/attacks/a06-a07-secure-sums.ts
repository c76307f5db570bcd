/** A6 and A7: a broker that wants one member's value: invented, shrunk, parted or changed rosters, and dropouts at every step. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type Attack, type Stage, sized } from '../attack.ts';

const Found = z.strictObject({
  rosters: z.int(),
  masked: z.int(),
  schedules: z.int(),
  opened: z.int(),
  /** Most member sets that any one schedule has opened. */
  most: z.int(),
});

const script = fileURLToPath(new URL('../secure-sum/probe.ts', import.meta.url));

/** The members' own rules, in a process that is started as the nodes of this run are. */
async function probe({ env, random }: Stage, schedules: number): Promise<z.infer<typeof Found>> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [script, String(random.below(2 ** 31)), String(schedules)],
    { env },
  );
  return Found.parse(JSON.parse(stdout));
}

export const isolation: Attack = {
  id: 'A6',
  title: 'isolating a member of a secure sum',
  needs: 'process',
  quick: false,
  async run(stage) {
    const { rosters, masked } = await probe(stage, 0);
    return {
      figure: `${masked} of ${rosters} forged rosters masked`,
      criterion: 'none',
      passed: masked === 0,
      detail: 'one, all but one, invented, doubled, too few organisations; by the rules that nodes check',
    };
  },
};

export const attempts: Attack = {
  id: 'A7',
  title: 'differences between attempts and dropouts',
  needs: 'process',
  quick: false,
  async run(stage) {
    const { schedules, opened, most } = await probe(stage, sized(stage.scale, { quick: 20, normal: 100, full: 1000 }));
    return {
      figure: `${most} opened member set at most in ${schedules} schedules`,
      criterion: '1 at most',
      passed: most <= 1,
      detail: `${opened} schedules opened a total; the broker asks every member to open every attempt it likes`,
    };
  },
};
