/** A small house as contracts are held against it: over memory, or over real records. */
import type { Outgoing } from '@revier/connector-sdk';
import type { Agreement, Floor } from '@revier/schema';
import type { House } from '../use-cases/answer-task.ts';
import { type SmallHouse, smallHouse } from './house.case.ts';

export interface AtWork {
  readonly small: SmallHouse;
  /** History, patterns, book and accounts in it stand on one set of records. */
  readonly house: House;
  /** What the book lets leave. */
  readonly outgoing: Outgoing;
}

export interface WorkOptions {
  readonly change?: (agreement: Agreement) => Agreement;
  readonly floor?: Partial<Floor>;
}

/** Afresh each time. */
export type OpenHouse = (options?: WorkOptions) => Promise<AtWork>;

export const overMemory: OpenHouse = async ({ change, floor } = {}) => {
  const small = await smallHouse(change === undefined ? {} : { change }, floor);
  return { small, house: small.house, outgoing: small.book.outgoing };
};
