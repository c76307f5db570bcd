/** The columnar store under the contract of every data source. */
import { describeDataSource } from '../data-source.case.ts';
import { columnarOver } from './given.case.ts';

describeDataSource('columnar', columnarOver);
