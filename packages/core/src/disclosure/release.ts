/** The sealed type of everything that may leave a node: only disclosure control makes one. */
import type { Perturbation, ReleaseBody } from '@revier/schema';
import type { AnswerBasis } from './history/past-answer.ts';

/**
 * What may be seen. The private field makes the type nominal: no object of the same shape passes for it, and only the type leaves
 * this folder, so nobody else can construct one.
 */
export class Release {
  readonly mode: 'O' | 'L';
  /** The threshold applied, in persons; null in mode O. */
  readonly minCellSize: number | null;
  /** The noise that every figure carries; null where figures are exact or withheld. */
  readonly perturbation: Perturbation | null;
  readonly #body: ReleaseBody;
  readonly #basis: AnswerBasis | null;

  private constructor(
    mode: 'O' | 'L',
    minCellSize: number | null,
    perturbation: Perturbation | null,
    body: ReleaseBody,
    basis: AnswerBasis | null,
  ) {
    this.mode = mode;
    this.minCellSize = minCellSize;
    this.perturbation = perturbation;
    this.#body = body;
    this.#basis = basis;
  }

  static open(body: ReleaseBody): Release {
    return new Release('O', null, null, body, null);
  }

  static local(
    body: ReleaseBody,
    minCellSize: number,
    perturbation: Perturbation | null,
    basis: AnswerBasis | null,
  ): Release {
    return new Release('L', minCellSize, perturbation, body, basis);
  }

  get body(): ReleaseBody {
    return this.#body;
  }

  /** For the node's own records, never to leave: what later answers are held against; null where nothing was to be held against. */
  get basis(): AnswerBasis | null {
    return this.#basis;
  }
}
