/** The shelf list: datasets, registers, lookups and standards as a text to read. */
import type {
  DatasetDescription,
  DatasetId,
  Lookup,
  ParticipantId,
  RegisterView,
  Sha256,
  Standard,
} from '@revier/schema';
import { hanging, paint } from './layout.ts';
import { dayOf } from './notes.ts';
import { plain } from './plain-text.ts';
import type { RenderOptions } from './render-answer.ts';
import { wordsOf } from './words.ts';

/** With the verified agreements; null where the person's credential does not name the register. */
export interface ListedRegister extends Omit<RegisterView, 'agreements'> {
  readonly agreements: readonly { holder: ParticipantId; dataset: DatasetId; hash: Sha256 }[] | null;
}

export interface Listed {
  readonly hash: Sha256;
  readonly datasets: readonly DatasetDescription[];
  readonly lookups: readonly Lookup[];
  readonly standards: readonly Standard[];
  readonly registers: readonly ListedRegister[];
}

const headings = {
  de: {
    registers: 'Register',
    datasets: 'Datensätze',
    lookups: 'Zuordnungen',
    standards: 'Standardbevölkerungen',
    agreed: 'vereinbart mit',
    until: 'bis',
    grain: 'Gliederung',
    synthetic: 'ERFUNDEN',
    none: 'keine',
    notYours: 'nicht in Ihrem Ausweis',
  },
  en: {
    registers: 'Registers',
    datasets: 'Datasets',
    lookups: 'Lookups',
    standards: 'Standard populations',
    agreed: 'agreed with',
    until: 'until',
    grain: 'grain',
    synthetic: 'INVENTED',
    none: 'none',
    notYours: 'not in your credential',
  },
} as const;

export function renderCatalogue(listed: Listed, options: RenderOptions): string {
  const { lang, colour } = options;
  const words = headings[lang];
  const blocks: [string, string[]][] = [
    [words.registers, listed.registers.flatMap((register) => registerLines(register, options))],
    [words.datasets, listed.datasets.flatMap((dataset) => datasetLines(dataset, options))],
    [words.lookups, listed.lookups.flatMap((lookup) => lookupLines(lookup, options))],
    [words.standards, listed.standards.flatMap((standard) => standardLines(standard, options))],
  ];
  return [
    ...blocks.map(([title, lines]) =>
      [paint(title, 'bold', colour), ...(lines.length === 0 ? [`  ${words.none}`] : lines)].join('\n'),
    ),
    paint(listed.hash, 'dim', colour),
  ].join('\n\n');
}

function entryLines(name: string, facts: readonly string[], { width }: RenderOptions): string[] {
  return [`  ${plain(name)}`, ...facts.flatMap((fact) => hanging('    ', plain(fact), width))];
}

function registerLines({ id, title, purpose, expires, agreements }: ListedRegister, options: RenderOptions): string[] {
  const words = headings[options.lang];
  const holders = [...new Set(agreements?.map(({ holder }) => holder))].join(', ') || words.none;
  return entryLines(
    id,
    [
      `${title[options.lang]} · ${purpose} · ${words.until} ${dayOf(expires, wordsOf(options.lang))}`,
      agreements === null ? words.notYours : `${words.agreed} ${holders}`,
    ],
    options,
  );
}

function datasetLines(dataset: DatasetDescription, options: RenderOptions): string[] {
  const { lang } = options;
  const words = headings[lang];
  const { from, to } = dataset.coverage.years;
  const grain = Object.entries(dataset.grain).map(([variable, { level }]) => `${variable} (${level})`);
  const mode = `${dataset.mode} ${wordsOf(lang).mode[dataset.mode]}`;
  return entryLines(
    dataset.id,
    [
      `${dataset.title[lang]}${dataset.synthetic ? ` · ${words.synthetic}` : ''}`,
      `${dataset.holderName} (${dataset.holder}) · ${dataset.model} · ${mode} · ${from}–${to}`,
      `${words.grain} ${grain.join(', ')}`,
    ],
    options,
  );
}

const lookupLines = ({ name, title, from, to, source }: Lookup, options: RenderOptions): string[] =>
  entryLines(name, [`${title[options.lang]}: ${from.codeList} ${from.level} → ${to.length}`, source], options);

const standardLines = ({ name, title, codeList, level }: Standard, options: RenderOptions): string[] =>
  entryLines(name, [`${title[options.lang]}: ${codeList} ${level}`], options);
