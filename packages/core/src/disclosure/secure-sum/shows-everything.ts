/** Whether an answer shows every figure: then whoever has it may open the secure sum behind it again. */
import type { Answer } from '@revier/schema';

/** A weaker word may hide that a figure was withheld, and so does an answer without cells. */
export const showsEverything = ({ cells }: Pick<Answer, 'cells'>): boolean =>
  cells.length > 0 && cells.every(({ measures }) => Object.values(measures).every(({ status }) => shown.has(status)));

const shown: ReadonlySet<string> = new Set(['value', 'zero', 'unreliable']);
