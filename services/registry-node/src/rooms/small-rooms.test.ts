/** The small things that rooms stand on: middles of ages, the turnstile, refusals, what of a population sticks. */

import { ConnectionError } from '@revier/connector-sdk';
import { AppError } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import { createLimiter } from './limiter.ts';
import { midAge } from './mid-ages.ts';
import { Refusal, refusing } from './refusal.ts';

describe('the middle of an age band', () => {
  it.each([
    ['45-49', 47.5],
    ['00-09', 5],
    ['65-74', 70],
    ['7', 7.5],
    ['0', 0.5],
    ['75+', 82.5],
    ['85+', 90],
  ])('%s is %d', (label, middle) => expect(midAge(label)).toBe(middle));

  it.each(['60+', 'unknown', '', '10-', '5y:45-49', '-5'])('of "%s" is not guessed', (label) => {
    expect(midAge(label)).toBeNull();
  });
});

describe('the turnstile', () => {
  const signal = new AbortController().signal;

  it('never lets more in than it says, and everybody in the end', async () => {
    const limiter = createLimiter(2);
    let [inside, most, done] = [0, 0, 0];
    const work = async () => {
      inside++;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 1));
      inside--;
      done++;
    };
    await Promise.all(Array.from({ length: 9 }, () => limiter(work, signal)));
    expect([most, done, inside]).toEqual([2, 9, 0]);
  });

  it('goes on turning after work that failed, and lets nobody in who has given up', async () => {
    const limiter = createLimiter(1);
    await expect(limiter(() => Promise.reject(new Error('broken')), signal)).rejects.toThrow('broken');
    const gone = new AbortController();
    const held = Promise.withResolvers<void>();
    const first = limiter(() => held.promise, signal);
    let worked = false;
    const second = limiter(async () => {
      worked = true;
    }, gone.signal);
    gone.abort();
    held.resolve();
    await first;
    await expect(second).rejects.toThrow();
    expect(worked).toBe(false);
    expect(await limiter(async () => 'in', signal)).toBe('in');
  });

  it('lets go at once of who gives up in the line, and keeps the order of the others', async () => {
    const limiter = createLimiter(1);
    const [held, gone] = [Promise.withResolvers<void>(), new AbortController()];
    const first = limiter(() => held.promise, signal);
    const order: string[] = [];
    const next = (name: string, own = signal) => limiter(async () => void order.push(name), own);
    const [second, third, fourth] = [next('second'), next('third', gone.signal), next('fourth')];
    gone.abort(new Error('revoked'));
    await expect(third).rejects.toThrow('revoked');
    await expect(next('late', gone.signal)).rejects.toThrow('revoked');
    expect(order).toEqual([]);
    held.resolve();
    await Promise.all([first, second, fourth]);
    expect(order).toEqual(['second', 'fourth']);
  });
});

describe('a step that may refuse', () => {
  const codeOf = async (error: unknown) => {
    const thrown = await refusing('QUESTION_INVALID', '/question', () => {
      throw error;
    }).catch((fault: unknown) => fault);
    return thrown instanceof Refusal ? thrown.reasons[0] : thrown;
  };

  it('keeps codes that are refusals, and puts all others under its own', async () => {
    expect(await codeOf(new AppError('EXPIRED'))).toMatchObject({ code: 'EXPIRED', pointer: '/question' });
    expect(await codeOf(AppError.at('CODE_UNKNOWN', '/by/0', 'no such code'))).toEqual({
      code: 'QUESTION_INVALID',
      pointer: '/question/by/0',
      hint: 'no such code',
    });
  });

  it('passes on what is nobody else’s fault', async () => {
    const away = new ConnectionError('unreachable', 'away');
    expect(await codeOf(away)).toBe(away);
    const ours = new AppError('INTERNAL');
    expect(await codeOf(ours)).toBe(ours);
  });
});
