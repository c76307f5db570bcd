/** Who asked about this, why, and what left: the log read with its openings, at the holder only; and the reading is entered itself. */
import { type PlanTask, parseCanonical, type Vocabulary } from '@revier/core';
import { Sha256 } from '@revier/schema';
import type { OwnLog, PastEntry, Self, Vocabularies } from '../ports.ts';

export interface WhoDeps {
  readonly self: Self;
  readonly log: OwnLog;
  readonly vocabularies: Vocabularies;
}

export interface WhoQuestion {
  /** Codes of any code list, such as `C18` and `05911`; all that are given have to fit. */
  readonly about: readonly string[];
  readonly since: Date;
  readonly limit: number;
  /** Who reads, and it stands in the log as a commitment. */
  readonly reader: string;
}

export interface Asked {
  readonly index: number;
  readonly at: string;
  readonly decision: string;
  readonly codes: readonly string[];
  /** Organisation and pseudonym; null when the opening was erased. */
  readonly person: string | null;
  readonly organisation: string | null;
  readonly register: string | null;
  readonly purpose: string | null;
  readonly dataset: string | null;
  readonly mode: string | null;
  /** What the table counts, by which variables; null when the task was refused before it was planned. */
  readonly table: {
    readonly model: string;
    readonly by: readonly string[];
    readonly measures: readonly string[];
  } | null;
  /** `named`: the condition names it. `included`: nothing was left out. */
  readonly touches: 'named' | 'included' | null;
}

export async function whoAsked(deps: WhoDeps, question: WhoQuestion, signal: AbortSignal): Promise<readonly Asked[]> {
  const { log } = deps;
  const entries = await log.since(question.since, question.limit);
  const found: Asked[] = [];
  for (const entry of entries) {
    const planned = await plannedIn(entry, deps);
    const touches = planned === null ? null : await touchedBy(planned, entry, deps, question.about, signal);
    if (question.about.length > 0 && touches === null) continue;
    found.push(askedOf(entry, planned, touches, deps));
  }
  await log.enter({
    decision: 'log-read',
    codes: [],
    facts: { about: question.about.join(' '), since: question.since.toISOString(), found: found.length },
    person: question.reader,
  });
  return found;
}

/** The snapshot was made by this node from a verified plan, and is found by its hash. */
async function plannedIn({ facts }: PastEntry, { log }: WhoDeps): Promise<PlanTask | null> {
  const hash = facts.planned;
  if (typeof hash !== 'string') return null;
  const content = (await log.snapshots([hash])).get(hash);
  // What stands under its own hash is what the planner made.
  return content === undefined ? null : (parseCanonical(Buffer.from(content)) as PlanTask);
}

async function touchedBy(
  planned: PlanTask,
  { facts }: PastEntry,
  { vocabularies }: WhoDeps,
  about: readonly string[],
  signal: AbortSignal,
): Promise<Asked['touches']> {
  if (about.length === 0) return null;
  const vocabulary = await vocabularies.open(Sha256.parse(facts.catalogue), signal);
  const each = about.map((code) => touches(planned, vocabulary, code));
  if (each.includes(null)) return null;
  return each.includes('named') ? 'named' : 'included';
}

/** A code belongs to the variables whose list has it; a measure without a condition on them counts it too. */
function touches({ model, dataset, table }: PlanTask, vocabulary: Vocabulary, code: string): Asked['touches'] {
  const found = model.variables.flatMap((variable) => {
    if (variable.role !== 'dimension') return [];
    const list = vocabulary.codeList(variable.codeList ?? dataset.grain[variable.name]?.codeList ?? '');
    if (list === undefined || !list.has(code)) return [];
    const atoms = new Set(list.atomsOf(code));
    return table.measures.map(({ where }) => {
      const condition = where.find((one) => one.variable === variable.name);
      if (condition === undefined) return 'included' as const;
      return condition.atoms.some((atom) => atoms.has(atom)) ? ('named' as const) : null;
    });
  });
  return found.find((one) => one === 'named') ?? found.find((one) => one !== null) ?? null;
}

function askedOf(entry: PastEntry, planned: PlanTask | null, touches: Asked['touches'], { self }: WhoDeps): Asked {
  const { index, at, decision, codes, facts, person } = entry;
  const text = (name: string): string | null => (typeof facts[name] === 'string' ? facts[name] : null);
  const user = self.trust.list.participants.find(({ id }) => id === facts.dataUser);
  return {
    ...{ index, at, decision, codes, person, touches },
    organisation: user?.name ?? text('dataUser'),
    register: text('register'),
    purpose: text('purpose'),
    dataset: text('dataset'),
    mode: text('mode'),
    table: planned && {
      model: planned.model.id,
      by: planned.table.by.map((one) => `${one.variable}:${'level' in one ? one.level : one.lookup}`),
      measures: planned.table.measures.map(measureText),
    },
  };
}

const measureText = (measure: PlanTask['table']['measures'][number]): string =>
  measure.kind === 'sum' ? `sum of ${measure.variable}` : `${measure.kind} of ${measure.unit}`;
