/** All words that ship with Revier, by id: data models, code lists and standard populations. */
import type { CodeList } from '../code-list.ts';
import type { DataModel } from '../data-model.ts';
import type { Standard } from '../lookup.ts';
import * as lists from './code-lists.ts';
import * as models from './data-models.ts';
import * as standards from './standards.ts';

export const builtInCodeLists: readonly CodeList[] = Object.values(lists);
export const builtInModels: readonly DataModel[] = Object.values(models);
export const builtInStandards: readonly Standard[] = Object.values(standards);
