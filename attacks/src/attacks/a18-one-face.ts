/** A18: status, size and headers of answers whose data differ. */
import { unverified } from '@revier/core';
import { ReleaseHeader } from '@revier/schema';
import type { Attack } from '../attack.ts';
import { type LatticeTable, lattice } from '../federation/lattice.ts';
import type { Figures } from '../federation/tables.ts';
import { postQuestion } from './post.ts';

const names: readonly LatticeTable[] = ['cities', 'crossed', 'padded'];

export const oneFace: Attack = {
  id: 'A18',
  title: 'one face of whatever is withheld',
  needs: 'federation',
  quick: true,
  async run({ federation, tables }) {
    const seen = await Promise.all(names.map((name) => tables.table(name)));
    const withheld = new Set(seen.flatMap(facesIn));
    const sizes = seen.map(
      ({ answer }) =>
        new Set(
          answer.holders.flatMap(({ release, mode }) =>
            release === undefined || mode !== 'L' ? [] : [`${fitOf(release)}`],
          ),
        ),
    );
    // Two districts that differ in whether there is a man: the refusals of two filters must not.
    const replies = await Promise.all(
      ['A-01', 'A-42'].map((area) =>
        postQuestion(federation, {
          ...lattice.cities,
          aggregates: { a: { model: 'cancer-case/1', quantile: 'age', where: [{ variable: 'area', in: [area] }] } },
        }),
      ),
    );
    const faces = new Set(
      replies.map(({ status, text, headers }) =>
        JSON.stringify([status, nameless(text), [...headers].filter(([name]) => !CHANGING.has(name))]),
      ),
    );
    const most = Math.max(...sizes.map(({ size }) => size));
    return {
      figure: `${withheld.size} face withheld, ${most} body size a method, ${faces.size} face of refusals`,
      criterion: '1, 1 and 1',
      passed: withheld.size === 1 && most === 1 && faces.size === 1,
      detail: `bodies of equally large tables of five registers, compared within a method of protection`,
    };
  },
};

const CHANGING = new Set(['date', 'x-request-id', 'traceparent', 'traceresponse']);

const facesIn = ({ answer }: Figures): string[] =>
  answer.cells.flatMap(({ measures }) =>
    Object.values(measures).flatMap((cell) => ('value' in cell ? [] : [JSON.stringify(cell)])),
  );

/** Bytes of the body. */
const fitOf = (release: string): number => ReleaseHeader.parse(unverified(release)).bytes;

const nameless = (text: string): string =>
  JSON.stringify({ ...JSON.parse(text), instance: null, traceId: null, requestId: null });
