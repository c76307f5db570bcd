/** Derived measures of a question: which aggregates they stand on, and where numerator and denominator meet. */
import { AppError, type Derived, type Question } from '@revier/schema';
import { canonicalText } from './canonical.ts';
import { groupingOn } from './grouping.ts';
import { denominatorOf, type PlanAggregate, type PlanMeasure } from './plan.ts';
import type { Vocabulary } from './vocabulary.ts';

type Aggregates = ReadonlyMap<string, PlanAggregate>;

/** Derived measures first, then every aggregate that is released as itself. @throws AppError at the pointer of the fault */
export function planMeasures(question: Question, vocabulary: Vocabulary, aggregates: Aggregates): PlanMeasure[] {
  const derived = Object.entries(question.derived).map(([name, spec]) =>
    planDerived(vocabulary, aggregates, name, spec),
  );
  const hidden = new Set(derived.flatMap((measure) => (travels(measure) ? [measure.events.name] : [])));
  checkNothingExactBeside(derived, aggregates, hidden);
  const shown = [...aggregates.values()].filter((aggregate) => !hidden.has(aggregate.name));
  for (const { name } of shown)
    if (Object.hasOwn(question.derived, name))
      throw AppError.at('INVALID_REQUEST', `/derived/${name}`, 'An aggregate has this name already.');
  return [
    ...derived,
    ...shown.map((aggregate): PlanMeasure => ({ kind: 'aggregate', name: aggregate.name, aggregate })),
  ];
}

const travels = (measure: PlanMeasure): measure is Extract<PlanMeasure, { kind: 'direct-rate' }> =>
  measure.kind === 'direct-rate' && measure.route === 'denominator-travels';

function planDerived(vocabulary: Vocabulary, aggregates: Aggregates, name: string, derived: Derived): PlanMeasure {
  const pointer = `/derived/${name}`;
  if ('proportion' in derived) {
    const spec = derived.proportion;
    const [of, among] = [
      take(aggregates, spec.of, `${pointer}/proportion/of`),
      take(aggregates, spec.among, `${pointer}/proportion/among`),
    ];
    if (
      of.model.id !== among.model.id ||
      of.measure.kind !== 'count' ||
      among.measure.kind !== 'count' ||
      of.measure.unit !== among.measure.unit
    )
      throw AppError.at('AGGREGATE_UNFIT', pointer, 'A share needs two counts of one unit of one data model.');
    checkPart(of, among, pointer);
    return { kind: 'proportion', name, of, among, spec };
  }
  if ('mean' in derived) return planMean(aggregates, name, derived.mean);
  if ('crudeRate' in derived) {
    const spec = derived.crudeRate;
    return { kind: 'crude-rate', name, ...sides(aggregates, spec, `${pointer}/crudeRate`), spec };
  }
  return planDirectRate(vocabulary, aggregates, name, derived.directRate);
}

/** Of all records that the count counts; which of them has no figure nobody tells, so such a sum is not shown at all. */
function planMean(
  aggregates: Aggregates,
  name: string,
  spec: Extract<Derived, { mean: unknown }>['mean'],
): PlanMeasure {
  const pointer = `/derived/${name}/mean`;
  const [of, among] = [take(aggregates, spec.of, `${pointer}/of`), take(aggregates, spec.among, `${pointer}/among`)];
  if (of.measure.kind !== 'sum' || among.measure.kind !== 'count' || !sameRecords(of, among))
    throw AppError.at('AGGREGATE_UNFIT', pointer, 'A mean needs a sum and a count over the same records.');
  return { kind: 'mean', name, of, among };
}

function planDirectRate(
  vocabulary: Vocabulary,
  aggregates: Aggregates,
  name: string,
  spec: Extract<Derived, { directRate: unknown }>['directRate'],
): PlanMeasure {
  const pointer = `/derived/${name}/directRate`;
  const { events, population } = sides(aggregates, spec, pointer);
  const over = overOn(vocabulary, events, spec.over, `${pointer}/over`);
  overOn(vocabulary, population, spec.over, `${pointer}/over`);
  checkStandard(vocabulary, spec, over, `${pointer}/standard`);
  if (!events.open && events.datasets.length > 1)
    throw AppError.at(
      'AGGREGATE_UNFIT',
      pointer,
      'Rates of several holders cannot be merged without their strata; ask one holder, or for counts.',
    );
  const unit = events.measure.kind === 'count' ? events.measure.unit : events.measure.variable;
  return {
    kind: 'direct-rate',
    name,
    events,
    population,
    spec,
    route: events.open ? 'released-figures' : 'denominator-travels',
    measure: {
      kind: 'direct-rate',
      unit,
      where: events.measure.where,
      over: over.dimension,
      standard: spec.standard,
      per: spec.per,
      interval: spec.interval,
      denominator: denominatorOf(population),
    },
  };
}

function overOn(
  vocabulary: Vocabulary,
  aggregate: PlanAggregate,
  over: { variable: string; level: string },
  pointer: string,
) {
  const groupings = aggregate.datasets.map((dataset) =>
    groupingOn(vocabulary, aggregate.model, dataset, over, pointer),
  );
  const [first] = groupings;
  if (first === undefined) throw AppError.at('GRAIN_UNAVAILABLE', pointer, 'Nobody holds the strata.');
  return first;
}

function checkStandard(
  vocabulary: Vocabulary,
  spec: { standard: string },
  over: ReturnType<typeof overOn>,
  pointer: string,
): void {
  const standard = vocabulary.standard(spec.standard);
  if (standard === undefined)
    throw AppError.at('STANDARD_UNKNOWN', pointer, `There is no standard population "${spec.standard}".`);
  if (standard.codeList !== over.index.list.id || standard.level !== over.level)
    throw AppError.at(
      'AGGREGATE_UNFIT',
      pointer,
      `${standard.name} has weights by ${standard.codeList} at ${standard.level}.`,
    );
  if (!isSpread(standard.weights.map(([, weight]) => weight)))
    throw AppError.at(
      'AGGREGATE_UNFIT',
      pointer,
      `${standard.name} puts more than half of all weight on one stratum: its rate would be that stratum's count.`,
    );
}

/** Disclosure control, section 2.4: no stratum carries more than half of the weight. */
const isSpread = (weights: readonly number[]): boolean =>
  weights.every((weight) => weight >= 0) &&
  Math.max(...weights) * 2 <= weights.reduce((sum, weight) => sum + weight, 0);

/** Events over an open population of the same years; nothing else makes person-time. */
function sides(
  aggregates: Aggregates,
  spec: { events: string; population: string },
  pointer: string,
): { events: PlanAggregate; population: PlanAggregate } {
  const events = take(aggregates, spec.events, `${pointer}/events`);
  const population = take(aggregates, spec.population, `${pointer}/population`);
  if (population.measure.kind !== 'sum' || !population.open)
    throw AppError.at(
      'AGGREGATE_UNFIT',
      `${pointer}/population`,
      'The population of a rate must be open figures that add up.',
    );
  if (events.model.id === population.model.id)
    throw AppError.at('AGGREGATE_UNFIT', pointer, 'Events and population come from one model.');
  if (!events.open && events.measure.kind !== 'count')
    throw AppError.at('AGGREGATE_UNFIT', `${pointer}/events`, 'Events of persons must be counts.');
  if (canonicalText(yearsOf(events)) !== canonicalText(yearsOf(population)))
    throw AppError.at('AGGREGATE_UNFIT', pointer, 'Events and population must name the same years.');
  return { events, population };
}

/** Atoms of the condition on the calendar year, or null where there is none. */
export function yearsOf(aggregate: PlanAggregate): readonly string[] | null {
  const variable = aggregate.model.variables.find(({ concept }) => concept === 'year');
  return aggregate.measure.where.find((filter) => filter.variable === variable?.name)?.atoms ?? null;
}

function take(aggregates: Aggregates, name: string, pointer: string): PlanAggregate {
  const found = aggregates.get(name);
  if (found === undefined) throw AppError.at('AGGREGATE_UNKNOWN', pointer, `The question has no aggregate "${name}".`);
  return found;
}

/** A share is a part of its whole: whatever the whole demands, the part demands too. */
function checkPart(of: PlanAggregate, among: PlanAggregate, pointer: string): void {
  for (const whole of among.measure.where) {
    const part = of.measure.where.find((filter) => filter.variable === whole.variable);
    const atoms = new Set(whole.atoms);
    if (part === undefined || part.atoms.some((atom) => !atoms.has(atom)))
      throw AppError.at(
        'AGGREGATE_UNFIT',
        pointer,
        `"${of.name}" is no part of "${among.name}": they differ on "${whole.variable}".`,
      );
  }
}

/** Disclosure control, section 2.4: no exact count goes with a weighted sum of the same records, by whatever name it is asked. */
function checkNothingExactBeside(
  derived: readonly PlanMeasure[],
  aggregates: Aggregates,
  hidden: ReadonlySet<string>,
): void {
  const rates = derived.filter(travels);
  for (const measure of derived) {
    const used =
      measure.kind === 'proportion' || measure.kind === 'mean'
        ? [measure.of, measure.among]
        : measure.kind === 'crude-rate'
          ? [measure.events]
          : [];
    if (used.some((aggregate) => hidden.has(aggregate.name)))
      throw AppError.at(
        'EXACT_BESIDE_RATE',
        `/derived/${measure.name}`,
        'It stands on the events of a standardised rate.',
      );
  }
  for (const aggregate of aggregates.values())
    if (!hidden.has(aggregate.name) && rates.some((rate) => sameRecords(rate.events, aggregate)))
      throw AppError.at(
        'EXACT_BESIDE_RATE',
        `/aggregates/${aggregate.name}`,
        'It counts the events of a standardised rate.',
      );
}

const sameRecords = (a: PlanAggregate, b: PlanAggregate): boolean =>
  a.model.id === b.model.id && canonicalText(a.measure.where) === canonicalText(b.measure.where);
