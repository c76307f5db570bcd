/** The plan: which dataset is asked for which table, in which stage; a pure function of question and catalogue version. */
import type {
  CrudeRate,
  DataModel,
  DatasetDescription,
  Denominator,
  DirectRate,
  Proportion,
  Question,
  Sha256,
  Table,
  TableMeasure,
  Text,
} from '@revier/schema';
import type { z } from 'zod';
import type { GroupCode } from './grouping.ts';

/** An aggregate with its condition in atoms, and the datasets that answer it. */
export interface PlanAggregate {
  readonly name: string;
  readonly model: DataModel;
  readonly datasets: readonly DatasetDescription[];
  readonly measure: Extract<TableMeasure, { kind: 'count' | 'sum' }>;
  /** Exact figures of aggregated open data, asked at the grain at which areas are accounted for. */
  readonly open: boolean;
}

/** Where numerator and denominator meet: at the numerator's holder, or at the broker over released figures. */
export type Route = 'denominator-travels' | 'released-figures';

export type PlanMeasure =
  | { readonly kind: 'aggregate'; readonly name: string; readonly aggregate: PlanAggregate }
  | {
      readonly kind: 'proportion';
      readonly name: string;
      readonly of: PlanAggregate;
      readonly among: PlanAggregate;
      readonly spec: z.infer<typeof Proportion>;
    }
  | { readonly kind: 'mean'; readonly name: string; readonly of: PlanAggregate; readonly among: PlanAggregate }
  | {
      readonly kind: 'crude-rate';
      readonly name: string;
      readonly events: PlanAggregate;
      readonly population: PlanAggregate;
      readonly spec: z.infer<typeof CrudeRate>;
    }
  | {
      readonly kind: 'direct-rate';
      readonly name: string;
      readonly events: PlanAggregate;
      readonly population: PlanAggregate;
      readonly spec: z.infer<typeof DirectRate>;
      readonly route: Route;
      /** The measure that the numerator's holder answers, when the denominator travels to it. */
      readonly measure: Extract<TableMeasure, { kind: 'direct-rate' }>;
    };

export interface PlanTask {
  readonly stage: number;
  readonly holder: string;
  readonly dataset: DatasetDescription;
  readonly model: DataModel;
  readonly table: Table;
  readonly tableHash: Sha256;
}

export interface PlanDimension {
  /** As the question names it. */
  readonly name: string;
  readonly grouping: string;
  readonly title: Text;
  readonly codes: readonly GroupCode[];
}

export interface Plan {
  readonly question: Question;
  /** Identity of the question: canonical, in atoms, without user, holders and time. */
  readonly questionHash: Sha256;
  readonly catalogue: Sha256;
  readonly dimensions: readonly PlanDimension[];
  /** Sorted by stage, dataset. */
  readonly tasks: readonly PlanTask[];
  readonly measures: readonly PlanMeasure[];
  /** Populations that rates stand on; their common areas are the coverage of every figure in the answer. */
  readonly coverage: readonly PlanAggregate[];
}

export const denominatorOf = (population: PlanAggregate): Denominator => ({
  model: population.model.id,
  sum: population.measure.kind === 'sum' ? population.measure.variable : population.measure.unit,
  where: population.measure.where,
});
