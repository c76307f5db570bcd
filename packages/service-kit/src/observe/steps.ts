/** Steps of the work: how long each took goes into a histogram, and where it was done into a trace. */
import type { Observation } from './observation.ts';
import type { Trail } from './tracing.ts';

export interface Steps<Step extends string> {
  /**
   * Does the work and tells how long it took. The result may say which query it was. Rejects as the work does.
   */
  step<T>(step: Step, trail: Trail | null | ((result: T) => Trail | null), work: () => Promise<T> | T): Promise<T>;
}

export interface StepsOptions<Step extends string> {
  readonly service: string;
  readonly steps: readonly Step[];
  /** The code of an expected failure, of a closed set. */
  readonly codeOf: (error: unknown) => string | undefined;
}

/** Milliseconds since the epoch; steps are shorter than a millisecond. */
export const preciseNow = (): number => performance.timeOrigin + performance.now();

export function stepsOf<Step extends string>(
  { metrics, tracing }: Observation,
  { service, steps, codeOf }: StepsOptions<Step>,
): Steps<Step> {
  const times = metrics.timer({
    name: 'revier_step_seconds',
    help: 'Time that a step of the work took, whether it succeeded or not.',
    labels: { service: [service], step: steps },
  });
  return {
    async step(step, trail, work) {
      const start = preciseNow();
      const ended = (place: Trail | null, failed: boolean, outcome?: string): void => {
        const end = preciseNow();
        times.record((end - start) / 1000, { service, step });
        tracing.record({ name: step, trail: place, start, end, failed, outcome });
      };
      try {
        const result = await work();
        ended(typeof trail === 'function' ? trail(result) : trail, false);
        return result;
      } catch (error) {
        ended(typeof trail === 'function' ? null : trail, true, codeOf(error));
        throw error;
      }
    },
  };
}
