/** The port of traces: spans that are told when they have ended, in a trace that follows from the query. */

/** Where a span belongs. Both names are hashed; neither leaves. */
export interface Trail {
  /** Submission id. */
  readonly query: string;
  /** Task id and attempt; without it the span belongs to the query itself. */
  readonly task?: string;
}

export interface Span {
  /** Of a closed set: the name of a step. */
  readonly name: string;
  /** Null: nobody knows yet which query it is; the span is a trace of its own. */
  readonly trail: Trail | null;
  /** Whether it is the query (or task) itself, above all that was done for it. */
  readonly head?: boolean;
  /** Milliseconds since the epoch, with fractions. */
  readonly start: number;
  readonly end: number;
  readonly failed: boolean;
  /** How it ended, of a closed set: a code, an outcome, a mode. */
  readonly outcome?: string | undefined;
}

export interface Tracing {
  record(span: Span): void;
}

/** Traces that are off load nothing and cost nothing. */
export const noTracing: Tracing = { record: () => undefined };
