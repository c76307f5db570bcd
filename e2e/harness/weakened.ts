/** A control run of one service: what a defence stops, the same service does without it. */
import type { Environment, Service } from './service.ts';
import { type Weakness, without } from './weakness.ts';

export interface ControlRun {
  readonly service: Service;
  readonly weaknesses: readonly Weakness[];
  /** What to wait for after each start, besides that the service listens. */
  readonly settled?: () => Promise<void>;
}

/** What comes of the attack; the service has all its defences again afterwards. */
export async function weakened<T>(
  { service, weaknesses, settled = async () => undefined }: ControlRun,
  attack: () => Promise<T>,
): Promise<T> {
  const restart = async (env?: Environment): Promise<void> => {
    await service.terminate();
    await service.start(env);
    await settled();
  };
  try {
    await restart(without(...weaknesses));
    return await attack();
  } finally {
    await restart();
  }
}
