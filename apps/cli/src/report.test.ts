/** Failures in words: for people with title, place and hint, for programs by their exit code. */
import { ProblemError } from '@revier/connector-sdk';
import { AppError, problemOf } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import { exitCodeOf, problemIn, problemText } from './report.ts';

describe('a problem', () => {
  it('is told with its place and what to do', () => {
    const error = AppError.at('AGREEMENT_MISSING', '/holders/asked/0', 'did:web:a.example has no agreement.');
    const problem = problemIn(error);
    expect(problem && problemText(problem, false)).toBe(
      [
        'error: A holder has no agreement for this register (AGREEMENT_MISSING)',
        '  at /holders/asked/0: did:web:a.example has no agreement.',
        '  hint: Name the holders that have agreed, see /v1/registers.',
        '',
      ].join('\n'),
    );
  });

  it('from the other side cannot write to the terminal', () => {
    const ESC = '\u001b';
    const evil = { ...problemOf('NOT_FOUND'), detail: `${ESC}[2Jgone`, hint: `a\r${ESC}]0;b\u0007c` };
    const text = problemText(problemIn(new ProblemError(evil)) ?? evil, false);
    expect(text).not.toContain(ESC);
    expect(text).not.toContain('\r');
  });

  it('is a refusal, unless it is of this machine or of the way', () => {
    const codeOf = (code: Parameters<typeof problemOf>[0]) => exitCodeOf(problemOf(code));
    expect([codeOf('AGREEMENT_MISSING'), codeOf('INVALID_REQUEST'), codeOf('SIGNATURE_INVALID')]).toEqual([4, 4, 4]);
    expect([
      codeOf('PROFILE_MISSING'),
      codeOf('KEY_EXPOSED'),
      codeOf('BROKER_UNREACHABLE'),
      codeOf('INTERNAL'),
    ]).toEqual([1, 1, 1, 1]);
  });

  it('that nobody foresaw is none', () => {
    expect(problemIn(new TypeError('x'))).toBeUndefined();
  });
});
