/** A table of the lattice in words: what is counted, by what, how finely, and about whom. */
import type { AtomFilter, Table, TableDimension, TableMeasure, Text } from '@revier/schema';
import { type Vocabulary, variableOf } from '../query/vocabulary.ts';

const both = (de: string, en: string): Text => ({ de, en });

export function tableText(table: Table, vocabulary: Vocabulary): Text {
  const model = vocabulary.model(table.model);
  const nameOf = (name: string): Text =>
    (model === undefined ? undefined : variableOf(model, name)?.title) ?? both(name, name);
  const measures = table.measures.map((measure) => measureText(measure, nameOf));
  const by = table.by.map((dimension) => dimensionText(dimension, nameOf));
  const parts = [
    join(measures, '; '),
    table.by.length === 0 ? both('insgesamt', 'altogether') : prefixed(both('nach ', 'by '), join(by, ', ')),
    ...(table.margins && table.by.length > 0 ? [both('mit Summen', 'with totals')] : []),
  ];
  return join(parts, ', ');
}

const join = (texts: readonly Text[], by: string): Text =>
  both(texts.map(({ de }) => de).join(by), texts.map(({ en }) => en).join(by));
const prefixed = (before: Text, text: Text): Text => both(`${before.de}${text.de}`, `${before.en}${text.en}`);

type NameOf = (variable: string) => Text;

function dimensionText(dimension: TableDimension, nameOf: NameOf): Text {
  const { de, en } = nameOf(dimension.variable);
  const how = 'level' in dimension ? dimension.level : dimension.lookup;
  return both(`${de} (${how})`, `${en} (${how})`);
}

function measureText(measure: TableMeasure, nameOf: NameOf): Text {
  const where = measure.where.map((filter) => filterText(filter, nameOf));
  const of = where.length === 0 ? both('', '') : prefixed(both(' mit ', ' with '), join(where, ', '));
  const what = whatText(measure, nameOf);
  return both(`${what.de}${of.de}`, `${what.en}${of.en}`);
}

function whatText(measure: TableMeasure, nameOf: NameOf): Text {
  if (measure.kind === 'count') return both(`Anzahl (${measure.unit})`, `count (${measure.unit})`);
  if (measure.kind === 'sum') return prefixed(both('Summe: ', 'sum: '), nameOf(measure.variable));
  return both(
    `standardisierte Rate (${measure.unit}, ${measure.standard})`,
    `standardised rate (${measure.unit}, ${measure.standard})`,
  );
}

const FEW = 4;

/** A condition on many codes is told by how many they are. */
function filterText({ variable, atoms }: AtomFilter, nameOf: NameOf): Text {
  const { de, en } = nameOf(variable);
  if (atoms.length <= FEW) return both(`${de} ${atoms.join('/')}`, `${en} ${atoms.join('/')}`);
  return both(`${de} in ${atoms.length} Codes`, `${en} in ${atoms.length} codes`);
}

/** Cells that the table can have, by its code lists alone; null where the catalogue does not tell. */
export function cellsOf(
  table: Table,
  vocabulary: Vocabulary,
  codeListOf: (variable: string) => string | undefined,
): number | null {
  const sizes = table.by.map((dimension) => {
    if ('lookup' in dimension) return vocabulary.lookup(dimension.lookup)?.to.length;
    return vocabulary.codeList(codeListOf(dimension.variable) ?? '')?.codesAt(dimension.level).length;
  });
  return sizes.reduce<number | null>(
    (cells, size) => (cells === null || size === undefined ? null : cells * (size + (table.margins ? 1 : 0))),
    1,
  );
}
