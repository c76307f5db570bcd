/** Findings of the linter: what is odd about a policy that is nevertheless valid, in both languages. */
import type { Text } from '@revier/schema';

export const findingTexts = {
  NEVER_FIRES: {
    de: 'Diese Erlaubnis kann nie greifen: ihre Bedingungen schließen einander aus.',
    en: 'This permission can never apply: its conditions exclude each other.',
  },
  WINDOW_EMPTY: {
    de: 'Der Zeitraum ist leer: Das Ende liegt nicht nach dem Anfang.',
    en: 'The period is empty: its end does not lie after its beginning.',
  },
  WINDOW_OPEN: {
    de: 'Diese Erlaubnis endet nie; nennen Sie ein Ende.',
    en: 'This permission never ends; name an end.',
  },
  PURPOSE_OPEN: {
    de: 'Diese Erlaubnis nennt keinen Zweck: Jeder zulässige Zweck des Registers genügt.',
    en: 'This permission names no purpose: any allowed purpose of the register will do.',
  },
  PURPOSE_OUTSIDE_SECTOR: {
    de: 'Dieser Zweck ist öffentlichen Stellen vorbehalten (EHDS Art. 53 Abs. 2), die genannten Empfänger sind keine.',
    en: 'This purpose is for public bodies (EHDS Art. 53(2)), and the named recipients are none.',
  },
  SHADOWED: {
    de: 'Diese Erlaubnis steht ganz unter einem Verbot und kann nie greifen.',
    en: 'This permission stands wholly under a prohibition and can never apply.',
  },
  CONFLICT: {
    de: 'Dieses Verbot überschneidet sich mit einer Erlaubnis; wo beide zutreffen, gilt das Verbot.',
    en: 'This prohibition overlaps with a permission; where both apply, the prohibition wins.',
  },
  AMBIGUOUS: {
    de: 'Zwei Erlaubnisse derselben Handlung nennen verschiedene Grenzen; es genügt, eine davon einzuhalten.',
    en: 'Two permissions of one action name different limits; keeping one of them is enough.',
  },
  DUTY_AVOIDABLE: {
    de: 'Eine andere Erlaubnis derselben Handlung kennt diese Pflicht nicht; sie lässt sich damit umgehen.',
    en: 'Another permission of the same action does not have this duty; it can be avoided that way.',
  },
  REPEATED: {
    de: 'Dieselbe Größe ist zweimal begrenzt; es gilt die engere Grenze.',
    en: 'The same quantity is limited twice; the narrower limit applies.',
  },
  TABLE_UNUSED: {
    de: 'Keine Erlaubnis nennt diese Tabelle.',
    en: 'No permission names this table.',
  },
  TABLES_OPEN: {
    de: 'Diese Erlaubnis nennt keine Tabellen: Jede Tabelle ist erlaubt, die die übrigen Grenzen einhält.',
    en: 'This permission names no tables: any table is allowed that keeps the other limits.',
  },
  BELOW_FLOOR: {
    de: 'Die Mindestzellgröße liegt unter der des Datenhalters; angewandt wird die seine.',
    en: "The smallest cell is smaller than the holder's own minimum; that one is applied.",
  },
} as const satisfies Record<string, Text>;

export type FindingCode = keyof typeof findingTexts;

export interface Finding extends Text {
  readonly code: FindingCode;
  /** `error`: the rule is without effect; `warning`: it may not mean what it seems to. */
  readonly severity: 'error' | 'warning';
  readonly pointer: string;
}

const errors: readonly FindingCode[] = ['NEVER_FIRES', 'WINDOW_EMPTY', 'PURPOSE_OUTSIDE_SECTOR', 'SHADOWED'];

export const finding = (code: FindingCode, pointer: string): Finding => ({
  code,
  severity: errors.includes(code) ? 'error' : 'warning',
  pointer,
  ...findingTexts[code],
});
