/** What signed messages say of themselves. */
import { describe, expect, it } from 'vitest';
import { unverified, unverifiedText } from './unverified.ts';

const payload = Buffer.from('{"sub":"Zoë"}').toString('base64url');

describe('what a signed message says', () => {
  it('is read from the compact form and from the general one', () => {
    expect(unverified(`aaaa.${payload}.bbbb`)).toEqual({ sub: 'Zoë' });
    expect(unverified({ payload })).toEqual({ sub: 'Zoë' });
  });

  it('is nothing where there is no payload', () => {
    expect(unverifiedText('without-dots')).toBe('');
    expect(() => unverified('without-dots')).toThrow(SyntaxError);
  });
});
