/** Applications to begin with, one for each occasion that the data space was made for. */
import { readFileSync } from 'node:fs';
import { DraftApplication } from './draft-application.ts';

export const templateNames = ['child-youth-health', 'rehabilitation', 'late-stage-cancer'] as const;
export type TemplateName = (typeof templateNames)[number];

export const isTemplate = (name: string): name is TemplateName => templateNames.some((one) => one === name);

const YEARS = 2;

/** Filled in as far as nobody but the person has to know better; runs from today for two years. */
export function templateOf(name: TemplateName, now: Date): DraftApplication {
  const text = readFileSync(new URL(`../../templates/${name}.json`, import.meta.url), 'utf8');
  const from = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()));
  const expires = new Date(from);
  expires.setUTCFullYear(from.getUTCFullYear() + YEARS);
  return DraftApplication.parse({ ...JSON.parse(text), from: from.toISOString(), expires: expires.toISOString() });
}
