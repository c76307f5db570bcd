/** The waiting room: what has come in so far, on stderr; a line that moves on a terminal, one line for each change elsewhere. */
import type { QueryState } from '@revier/schema';
import type { Output } from './terminal.ts';

const FRAMES = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'];
const FRAME_MS = 100;

export interface Progress {
  show(state: QueryState): void;
  /** Takes the moving line away. */
  end(): void;
}

export function progressOn(output: Output): Progress {
  return output.isTTY === true ? spinner(output) : plainLines(output);
}

export function progressText({ progress: { tasks, answered, refused, waiting } }: QueryState): string {
  const parts = [`${answered} of ${tasks} parts answered`];
  if (refused > 0) parts.push(`${refused} refused`);
  if (waiting > 0) parts.push(`waiting for ${waiting}`);
  return parts.join(', ');
}

function plainLines(output: Output): Progress {
  let last = '';
  return {
    show(state) {
      const text = last === '' ? `Query ${state.queryId}: ${progressText(state)}` : progressText(state);
      const key = progressText(state);
      if (key !== last) output.write(`${text}\n`);
      last = key;
    },
    end: () => undefined,
  };
}

function spinner(output: Output): Progress {
  let text = 'asking';
  let frame = 0;
  const draw = (): void => {
    frame += 1;
    output.write(`\r\u001b[K${FRAMES[frame % FRAMES.length]} ${text}`);
  };
  const timer = setInterval(draw, FRAME_MS);
  timer.unref();
  return {
    show(state) {
      text = progressText(state);
    },
    end() {
      clearInterval(timer);
      output.write('\r\u001b[K');
    },
  };
}
