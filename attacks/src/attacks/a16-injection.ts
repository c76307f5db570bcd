/** A16: other languages in the texts of a question: SQL, patterns, prototypes, look-alikes, lists and texts without end. */
import { randomUUID } from 'node:crypto';
import { withTexts } from '@revier/e2e/harness/with-texts.ts';
import { type Attack, sized } from '../attack.ts';
import { lattice } from '../federation/lattice.ts';
import { holders } from '../federation/people.ts';
import { decentEnvelope, post } from './post.ts';

const texts: readonly string[] = [
  "x') or 1=1; drop table cases; --",
  '%',
  '.*',
  '*',
  'ѕех',
  '__proto__',
  '\ud800',
  'C18'.repeat(20_000),
  "cql: [Condition: Code 'C18' from ICD10]",
  'sex\u0000',
  '../../etc/passwd',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is what is sent
  '${jndi:ldap://x}',
];

export const injection: Attack = {
  id: 'A16',
  title: 'free text, patterns, injection',
  needs: 'federation',
  quick: true,
  async run({ federation, random, scale }) {
    const decent = await decentEnvelope(federation);
    const asked = async () => (await Promise.all(holders.map((slug) => federation.decisions(slug)))).flat().length;
    const before = await asked();
    const every = texts.flatMap((text) => withTexts(decent.question, text));
    const tried = random.shuffled(every).slice(0, sized(scale, { quick: 40, normal: 200, full: every.length }));
    const overlong = {
      ...lattice.cities,
      aggregates: {
        a: {
          model: 'cancer-case/1',
          count: 'cases',
          where: [{ variable: 'site', in: Array.from({ length: 501 }, () => 'C18') }],
        },
      },
    };
    const outcomes = [];
    for (const question of [...tried, overlong])
      outcomes.push(await post(federation, { ...decent, jti: randomUUID(), question }));
    const through = outcomes.filter(({ status, code }) => status < 400 || status >= 500 || code === 'RATE_LIMITED');
    const touched = (await asked()) - before;
    return {
      figure: `${outcomes.length - through.length} of ${outcomes.length} refused, ${touched} reached a node`,
      criterion: 'all refused before data',
      passed: through.length === 0 && touched === 0,
      detail: [...new Set(outcomes.map(({ code }) => code))].sort().join(', '),
    };
  },
};
