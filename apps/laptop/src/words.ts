/** What the laptop says, in German and English. */
export interface Words {
  readonly raising: string;
  readonly founding: string;
  readonly found: string;
  readonly keys: string;
  readonly imported: (holder: string, title: string, rows: number) => string;
  readonly agreements: (count: number) => string;
  readonly portTaken: (port: number) => string;
  readonly state: Readonly<Record<'complete' | 'partial' | 'failed', string>>;
  readonly running: (url: string, nodes: number) => string;
  readonly catalogue: string;
  readonly asking: (title: string) => string;
  readonly next: string;
  readonly docs: string;
  readonly stop: string;
  readonly bye: string;
}

const de: Words = {
  raising: 'Revier: Föderation wird hochgefahren …',
  founding: 'Erster Start: Schlüssel und Daten entstehen, dann werden Vereinbarungen ausgehandelt.',
  found: 'Daten vom letzten Start gefunden.',
  keys: 'Schlüssel und Vertrauensliste sind angelegt.',
  imported: (holder, title, rows) => `${holder}: ${title} (${rows.toLocaleString('de-DE')} Zeilen)`,
  agreements: (count) => `${count} Nutzungsvereinbarungen sind ausgehandelt und von beiden Seiten unterschrieben.`,
  portTaken: (port) => `Port ${port} ist belegt; es wird ein freier genommen.`,
  state: { complete: 'Vollständig beantwortet.', partial: 'Teilweise beantwortet.', failed: 'Nicht beantwortet.' },
  running: (url, nodes) => `Vermittlungsstelle unter ${url}, ${nodes} Knoten verbunden.`,
  catalogue: 'Katalog',
  asking: (title) => `Frage: ${title}`,
  next: 'Zum Weiterprobieren (in einem zweiten Terminal, im selben Ordner)',
  docs: 'Dokumentation der Schnittstelle',
  stop: 'Strg-C beendet die Föderation.',
  bye: 'Föderation beendet.',
};

const en: Words = {
  raising: 'Revier: raising the federation …',
  founding: 'First start: making keys and data; agreements are negotiated afterwards.',
  found: 'Found the data of an earlier start.',
  keys: 'Keys and trust list are made.',
  imported: (holder, title, rows) => `${holder}: ${title} (${rows.toLocaleString('en-GB')} rows)`,
  agreements: (count) => `${count} usage agreements are negotiated and signed by both sides.`,
  portTaken: (port) => `Port ${port} is taken; using a free one.`,
  state: { complete: 'Answered in full.', partial: 'Answered in part.', failed: 'Not answered.' },
  running: (url, nodes) => `Broker at ${url}, ${nodes} nodes connected.`,
  catalogue: 'Catalogue',
  asking: (title) => `Question: ${title}`,
  next: 'To try next (in a second terminal, in the same folder)',
  docs: 'Documentation of the interface',
  stop: 'Ctrl-C ends the federation.',
  bye: 'The federation has ended.',
};

export const words = { de, en } as const;
