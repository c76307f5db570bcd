/** The customs officer of an import: what each variable accepts, and why it refuses the rest. */
import type { Variable } from '@revier/schema';
import type { RejectReason, Value } from './columns.ts';

/** `accept` gives the stored form, or undefined for a refusal that `refusal` then explains. */
export interface ValueCheck {
  accept(value: Value): string | bigint | boolean | null | undefined;
  refusal(value: Value): RejectReason;
}

const MAX_IDENTIFIER = 200;
const wholeNumber = /^-?[0-9]{1,15}$/;

const isMissing = (value: Value): boolean => value === null || value === '';

/** Spreadsheets and databases hand over codes as numbers as well; anything but a whole number is no code. */
const asText = (value: Value): string | undefined => {
  if (typeof value === 'string') return value;
  return Number.isSafeInteger(value) ? String(value) : undefined;
};

const asWholeNumber = (value: Value): number | undefined => {
  if (typeof value === 'string') return wholeNumber.test(value) ? Number(value) : undefined;
  return value !== null && Number.isSafeInteger(value) ? value : undefined;
};

/** A dimension has one of the codes that the dataset holds; "unknown" is a code of its own where a list has it. */
export function codeCheck(stored: ReadonlySet<string>): ValueCheck {
  return {
    accept: (value) => {
      const code = asText(value);
      return code !== undefined && code !== '' && stored.has(code) ? code : undefined;
    },
    refusal: (value) => (isMissing(value) ? 'missing' : 'unknown-code'),
  };
}

/** An identifier is kept as it is; text that cannot be stored faithfully could make two persons one. */
export const identifierCheck: ValueCheck = {
  accept: (value) => {
    const text = asText(value);
    if (text === undefined || text === '' || text.length > MAX_IDENTIFIER) return undefined;
    return text.isWellFormed() && !text.includes('\0') ? text : undefined;
  },
  refusal: (value) => (isMissing(value) ? 'missing' : 'malformed'),
};

/** A whole number within the model's range; "not collected" is NULL, and only a measure may be that. */
export function numberCheck({ min, max, nullable }: { min: number; max: number; nullable: boolean }): ValueCheck {
  return {
    accept: (value) => {
      if (isMissing(value)) return nullable ? null : undefined;
      const number = asWholeNumber(value);
      return number !== undefined && number >= min && number <= max ? BigInt(number) : undefined;
    },
    refusal: (value) => {
      if (isMissing(value)) return 'missing';
      return asWholeNumber(value) === undefined ? 'not-a-whole-number' : 'out-of-range';
    },
  };
}

/** `yes` or `no`; anything else is refused, since taking a blocked record for usable would be worse. */
export const usableCheck: ValueCheck = {
  accept: (value) => (value === 'yes' ? true : value === 'no' ? false : undefined),
  refusal: (value) => (isMissing(value) ? 'missing' : 'unknown-code'),
};

/** The check of a variable; `stored` are the codes of its grain, for a dimension. */
export function checkOf(variable: Variable, stored: ReadonlySet<string> | undefined): ValueCheck {
  switch (variable.role) {
    case 'dimension':
      return codeCheck(stored ?? new Set());
    case 'identifier':
      return identifierCheck;
    case 'weight':
      return numberCheck({ ...variable, nullable: false });
    case 'measure':
      return numberCheck({ ...variable, nullable: true });
  }
}
