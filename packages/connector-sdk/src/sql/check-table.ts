/** The last look at a source table before it becomes SQL: names that are safe to quote, mappings that are functions. */
import type { SourceDimension, SourceFilter, SourceMeasure, SourceTable } from '@revier/core';
import { AppError, TOTAL } from '@revier/schema';

const identifier = /^[a-zA-Z][a-zA-Z0-9]*$/;
/** Bits of a signature: the 32nd would be the sign in engines without unsigned integers. */
const MAX_COUNTS = 31;

/** A source table is made by the node's own plan, so a fault here is ours, never the asker's. */
const fault = (detail: string): AppError => new AppError('INTERNAL', { detail });

function checkName(name: string | null): void {
  if (name !== null && !identifier.test(name)) throw fault('A variable of the source table has an unfit name.');
}

function checkDimension(dimension: SourceDimension): void {
  checkName(dimension.variable);
  const seen = new Set<string>();
  for (const [stored, number] of dimension.pairs) {
    if (!Number.isInteger(number) || number < 0 || number >= TOTAL) throw fault('A code number is out of range.');
    // A code in two groups would be counted twice by a join and once by a lookup: engines must not be left to choose.
    if (seen.has(stored)) throw fault('A stored code belongs to more than one code number.');
    seen.add(stored);
  }
}

const checkFilters = (where: readonly SourceFilter[]): void => {
  for (const { variable } of where) checkName(variable);
};

function checkMeasure(measure: SourceMeasure): void {
  checkFilters(measure.where);
  if (measure.kind === 'sum') {
    checkName(measure.variable);
    if (!Number.isSafeInteger(measure.cap ?? 1) || (measure.cap ?? 1) < 1)
      throw fault('A bound is no whole number from 1.');
  } else checkName(measure.identifier);
  if (measure.kind === 'strata') checkDimension(measure.stratum);
}

/** The approved view, with or without its schema; holders name views with underscores as well. */
export function checkView(view: string): void {
  if (!/^[a-zA-Z]\w{0,62}(\.[a-zA-Z]\w{0,62})?$/.test(view)) throw fault('The name of the approved view is unfit.');
}

/** Throws AppError `INTERNAL` on a table that has no single meaning. */
export function checkTable(table: SourceTable): void {
  checkName(table.person);
  table.dimensions.forEach(checkDimension);
  table.measures.forEach(checkMeasure);
  if (table.measures.filter(({ kind }) => kind === 'count').length > MAX_COUNTS) throw fault('Too many counts.');
  const { personCap = 1, topContributions = 1 } = table.protection ?? {};
  if (![personCap, topContributions].every((limit) => Number.isInteger(limit) && limit > 0))
    throw fault('A limit of the protection is no whole number from 1.');
}
