/** Persons behind records: opaque numbers, and people who come a second time. */
import type { Stream } from './random.ts';

/** The most records that one place can number. */
const placeSize = 2 ** 20;

/**
 * An opaque number, unique within its kind: multiplying by an odd number permutes the 32-bit integers (Knuth, TAOCP 2, section 3.2.1), so no two
 * places and counts share one.
 * @param kind short name of what is numbered
 * @param place 0 .. 4095
 * @param count 0 .. 2^20 - 1
 */
export function opaqueId(kind: string, place: number, count: number): string {
  if (place < 0 || place >= 4096 || count < 0 || count >= placeSize) throw new RangeError('no such place or count');
  const mixed = Math.imul(place * placeSize + count, 0x9e3779b1) >>> 0;
  return `SYNTHETIC-${kind}-${mixed.toString(16).padStart(8, '0')}`;
}

export interface Visit {
  readonly sex: string;
  readonly year: number;
  /** In completed years. */
  readonly age: number;
}

/** People seen so far in one place. Visits come in the order of their years. */
export interface PersonPool {
  /** Whose visit this is: a new person, or with probability `again` one of the same sex and year of birth whom `fits` accepts. */
  assign(visit: Visit, again: number, fits: (earlier: string) => boolean): string;
}

export function personPool(stream: Stream, newPerson: () => string): PersonPool {
  const seen = new Map<string, string[]>();
  return {
    assign({ sex, year, age }, again, fits) {
      const key = `${sex}${year - age}`;
      const known = seen.get(key) ?? [];
      seen.set(key, known);
      // Both dice are thrown each time, so that one answer does not shift the next.
      const [wanted, start] = [stream.chance(again), stream.below(Math.max(1, known.length))];
      const earlier = wanted ? [...known.slice(start), ...known.slice(0, start)].find(fits) : undefined;
      if (earlier !== undefined) return earlier;
      const person = newPerson();
      known.push(person);
      return person;
    },
  };
}
