/** The fakes of the small house, held to what the node's records are held to. */
import { describe } from 'vitest';
import { describeAccounts } from './testing/accounts.case.ts';
import { overMemory } from './testing/at-work.case.ts';
import { describeBook } from './testing/book.case.ts';
import { describeHistory } from './testing/history.case.ts';
import { describePatterns } from './testing/patterns.case.ts';

describe('the history in memory', () => describeHistory(overMemory));
describe('the patterns in memory', () => describePatterns(overMemory));
describe('the book in memory', () => describeBook(overMemory));
describe('the accounts in memory', () => describeAccounts(overMemory));
