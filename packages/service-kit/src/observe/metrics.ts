/** The port of metrics: instruments whose labels take no value but those that are written down with them. */

/** Every value that a label can have; `templates` for addresses of routes, with their parameters left open. */
export type LabelSets = Readonly<Record<string, readonly string[] | 'templates'>>;

export type LabelsOf<L extends LabelSets> = {
  readonly [Name in keyof L]: L[Name] extends readonly (infer Value)[] ? Value : string;
};

export interface About<L extends LabelSets> {
  /** `revier_queries_total` */
  readonly name: string;
  readonly help: string;
  readonly labels: L;
}

export interface Counter<L extends LabelSets> {
  add(labels: LabelsOf<L>, by?: number): void;
}

/** A histogram of seconds. */
export interface Timer<L extends LabelSets> {
  record(seconds: number, labels: LabelsOf<L>): void;
}

export interface Reading<L extends LabelSets> {
  readonly labels: LabelsOf<L>;
  readonly value: number;
}

/** Names are given once. Nothing that an instrument is told can name a person, a query or a figure: see `docs/observability.md`. */
export interface Metrics {
  counter<const L extends LabelSets>(about: About<L>): Counter<L>;
  timer<const L extends LabelSets>(about: About<L>): Timer<L>;
  /** `read` is asked whenever somebody looks; when it fails or takes too long, the gauge is left out. */
  gauge<const L extends LabelSets>(about: About<L>, read: () => Promise<readonly Reading<L>[]>): void;
  /** Prometheus' text format; null where metrics are off. */
  readonly text: (() => Promise<MetricsText>) | null;
}

export interface MetricsText {
  readonly contentType: string;
  readonly text: string;
}

/** Metrics that are off cost nothing. */
export const noMetrics: Metrics = {
  counter: () => ({ add: () => undefined }),
  timer: () => ({ record: () => undefined }),
  gauge: () => undefined,
  text: null,
};
