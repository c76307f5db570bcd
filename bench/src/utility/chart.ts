/** The chart: safety and usefulness of each way side by side, as a picture that is the same whenever the figures are. */
import type { Utility } from './measure.ts';
import type { Safety } from './safety.ts';

const WIDTH = 960;
const NAMES = 220;
const ROW = 22;
const BAR = 14;
const GAP = 44;
const INK = '#1f2933';
const SOFT = '#52606d';
const colours = ['#9db8d9', '#6f97c4', '#4676a9', '#2a5689', '#123a66'] as const;
const SAFE = '#2f855a';
const UNSAFE = '#c53030';

interface Panel {
  readonly title: string;
  readonly body: (y: number) => string;
  readonly height: number;
}

/** Utility rows of all tables and methods; the last panel is about the table of this name. */
export function chart(utilities: readonly Utility[], safeties: readonly Safety[], vanishing: string): string {
  const methods = safeties.map(({ method }) => method);
  const panels: Panel[] = [
    safetyPanel(safeties),
    ...[...Map.groupBy(utilities, ({ table }) => table)].map(([table, rows]) => withheldPanel(table, rows)),
    quintilePanel(vanishing, methods, utilities),
  ];
  let y = 16;
  const drawn = panels.map((panel) => {
    const at = y;
    y += panel.height + GAP;
    return `${text(16, at + 12, panel.title, { bold: true })}${panel.body(at + 24)}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="Safety and usefulness of ways to protect counts">
<rect width="100%" height="100%" fill="#ffffff"/>
${drawn.join('\n')}
</svg>
`;
}

const safetyPanel = (safeties: readonly Safety[]): Panel => ({
  title: 'Share of 200 secrets guessed by differencing (A3); 50 % is a toss, above 60 % has failed',
  height: 24 + safeties.length * ROW,
  body: (y) =>
    safeties
      .map(({ method, differencing, setEquality }, at) => {
        const worst = Math.max(differencing, setEquality);
        return bar(y + at * ROW, method, worst, percent(worst), worst > 0.6 ? UNSAFE : SAFE);
      })
      .join(''),
});

const withheldPanel = (table: string, rows: readonly Utility[]): Panel => ({
  title: `${table}: cells with cases that show nothing; at the right the error that 95 of 100 shown counts keep within`,
  height: 24 + rows.length * ROW,
  body: (y) =>
    rows
      .map(({ method, withheld, error95 }, at) =>
        bar(y + at * ROW, method, withheld, `${percent(withheld)}   ± ${error95}`, colours[2]),
      )
      .join(''),
});

/** Five bars a method: whose cases vanish. */
const quintilePanel = (table: string, methods: readonly string[], utilities: readonly Utility[]): Panel => ({
  title: `${table}: share of cases that vanish, by deprivation of the district (light: least, dark: most)`,
  height: 24 + methods.length * (2 * ROW),
  body: (y) =>
    methods
      .map((method, at) => {
        const lost = utilities.find((row) => row.table === table && row.method === method)?.lost ?? [];
        const top = y + at * 2 * ROW;
        const bars = lost.map((share, quintile) =>
          rect(NAMES, top + quintile * 7, share * (WIDTH - NAMES - 180), 6, colours[quintile] ?? INK),
        );
        const label = `${percent(lost[0] ?? 0)} … ${percent(lost[4] ?? 0)}`;
        return (
          text(16, top + 21, method) +
          bars.join('') +
          text(NAMES + Math.max(0, ...lost) * (WIDTH - NAMES - 180) + 8, top + 21, label, { colour: SOFT })
        );
      })
      .join(''),
});

const bar = (y: number, name: string, share: number, label: string, colour: string): string => {
  const width = share * (WIDTH - NAMES - 180);
  return (
    text(16, y + BAR - 2, name) +
    rect(NAMES, y, width, BAR, colour) +
    text(NAMES + width + 8, y + BAR - 2, label, { colour: SOFT })
  );
};

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const rect = (x: number, y: number, width: number, height: number, fill: string): string =>
  `<rect x="${x}" y="${y}" width="${width.toFixed(1)}" height="${height}" fill="${fill}"/>\n`;

const text = (x: number, y: number, words: string, { bold = false, colour = INK } = {}): string =>
  `<text x="${x.toFixed(1)}" y="${y}" fill="${colour}"${bold ? ' font-weight="600"' : ''}>${words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>\n`;
