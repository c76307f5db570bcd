/** Where people may log in: what is unsafe is refused before the broker starts. */
import type { Realm } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import { assertSafe, isLoopback, People, type PeopleInput } from './people.ts';

const safe = (people: PeopleInput, realm: Realm = 'production', host = '0.0.0.0') =>
  assertSafe(People.parse(people), { realm, host });
const HTTPS = 'https://login.example/realms/revier';

describe('where people log in', () => {
  it('is a provider over https, in both realms', () => {
    expect(() => safe({ issuer: HTTPS, publicUrl: 'https://broker.example' })).not.toThrow();
    expect(() => safe({ issuer: HTTPS }, 'test')).not.toThrow();
  });

  it.each<[what: string, people: PeopleInput]>([
    ['plain http', { issuer: 'http://login.example' }],
    ['this machine', { issuer: 'https://localhost:8443' }],
    ['this machine by its number', { issuer: 'https://127.0.0.1' }],
    ['this machine by another number', { issuer: 'https://127.8.9.1' }],
    ['this machine in six', { issuer: 'https://[::1]' }],
    ['a demo provider', { issuer: 'http://127.0.0.1:7401' }],
    ['a broker over plain http', { issuer: HTTPS, publicUrl: 'http://broker.example' }],
    ['plain bearer tokens', { issuer: HTTPS, plainBearer: true }],
  ])('is not %s in the realm production', (_what, people) => {
    expect(() => safe(people, 'production', '127.0.0.1')).toThrow();
  });

  it('is over plain http only at this very machine', () => {
    expect(() => safe({ issuer: 'http://127.0.0.1:7401' }, 'test')).not.toThrow();
    expect(() => safe({ issuer: 'http://login.example' }, 'test')).toThrow(/very machine/);
  });

  it('takes plain bearer tokens only where nobody else can listen', () => {
    const people = { issuer: 'http://127.0.0.1:7401', plainBearer: true };
    for (const host of ['127.0.0.1', 'localhost', '::1']) expect(() => safe(people, 'test', host)).not.toThrow();
    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'broker.example', '127.0.0.1.example'])
      expect(() => safe(people, 'test', host)).toThrow(/nobody else can listen/);
  });

  it('knows this machine by its names, and no other', () => {
    expect(['localhost', '127.0.0.1', '[::1]'].every(isLoopback)).toBe(true);
    expect(['localhost.example', '128.0.0.1', '0.0.0.0', '10.127.0.1'].some(isLoopback)).toBe(false);
  });
});
