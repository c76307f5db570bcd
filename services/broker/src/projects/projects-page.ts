/** The public register as a page: plain HTML without scripts, readable by everybody and every screen reader. */
import { createHash } from 'node:crypto';
import { legalBases, type Project, type ProjectAgreement, type ProjectList, purposes } from '@revier/schema';
import { Html, html } from './html.ts';
import { type Lang, type PageWords, pageWords } from './words.ts';

/** The name of an organisation, as the trust list has it. */
export type NameOf = (participant: string) => string;

const STYLE =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}dt{font-weight:600}dd{margin:0 0 .5rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-top:1px solid #767676}section{margin:2.5rem 0}code{overflow-wrap:anywhere}';

/** The style by its hash: nothing else may be loaded or run. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

export function projectsPage({ projects, entries, checkpoint }: ProjectList, lang: Lang, nameOf: NameOf): string {
  const words = pageWords[lang];
  const other = lang === 'de' ? 'en' : 'de';
  const body =
    projects.length === 0 ? html`<p>${words.none}</p>` : html`${projects.map((one) => section(one, lang, nameOf))}`;
  return html`<!doctype html>
<html lang="${lang}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${words.title}</title>${styleTag}</head>
<body>
<header><p><a href="?lang=${other}" hreflang="${other}" lang="${other}">${words.other}</a></p><h1>${words.title}</h1><p>${words.lead}</p></header>
<main>${body}</main>
<footer><p>${words.checkpoint} ${entries}. <a href="/v1/projects">${words.machine}</a></p><pre><code>${checkpoint ?? ''}</code></pre></footer>
</body>
</html>`.text;
}

/** As it is: a style is no place for escapes. */
const styleTag = new Html(`<style>${STYLE}</style>`);

function section(project: Project, lang: Lang, nameOf: NameOf): Html {
  const words = pageWords[lang];
  const id = project.register.split(':').at(-1) ?? '';
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${project.title?.[lang] ?? id}</h2>
<dl>
<dt>${words.who}</dt><dd>${nameOf(project.dataUser)}</dd>
<dt>${words.purpose}</dt>${project.purposes.map((one) => html`<dd>${purposeText(one, lang)}</dd>`)}
${project.aim === null ? '' : html`<dt>${words.aim}</dt><dd>${project.aim}</dd>`}
<dt>${words.state}</dt><dd>${words.states[project.state]}</dd>
<dt>${words.until}</dt><dd>${project.expires === null ? words.unlimited : day(project.expires)}</dd>
</dl>
<h3>${words.data}</h3>
<table><thead><tr>${words.columns.map((one) => html`<th scope="col">${one}</th>`)}</tr></thead>
<tbody>${project.agreements.map((one) => row(one, words, lang, nameOf))}</tbody></table>
<h3>${words.queries}</h3>
<ul>${queryLines(project.queries, words).map((line) => html`<li>${line}</li>`)}</ul>
${publications(project, words)}</section>`;
}

function purposeText({ code, basis }: Project['purposes'][number], lang: Lang): string {
  const title = purposes.find((one) => one.code === code)?.title[lang] ?? code;
  return basis === null ? title : `${title} (${basis})`;
}

const day = (timestamp: string): Html => html`<time datetime="${timestamp}">${timestamp.slice(0, 10)}</time>`;

function row(agreement: ProjectAgreement, words: PageWords, lang: Lang, nameOf: NameOf): Html {
  const norm = legalBases.find(({ code }) => code === agreement.norm)?.title[lang];
  const { status } = agreement;
  return html`<tr><th scope="row">${nameOf(agreement.holder)}</th><td>${agreement.dataset.split(':').at(-1) ?? ''}</td>
<td>${norm ?? agreement.legalBasis}</td><td>${safeguards(agreement, words)}</td>
<td>${status === null ? (agreement.offered ? words.statuses.ACTIVE : words.states.ended) : words.statuses[status]}</td></tr>`;
}

function safeguards({ safeguards: own }: ProjectAgreement, words: PageWords): string {
  const grain = [own.space, own.time, own.age].filter((level) => level !== null).join(', ');
  return [
    own.minCellSize === null ? words.floor : words.persons(own.minCellSize),
    grain,
    words.tables(own.tables),
    own.duties.length === 0 ? '' : `${words.duties}: ${own.duties.join(', ')}`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

function queryLines(queries: Project['queries'], words: PageWords): string[] {
  const byCode = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(([code, count]) => `${code} ${count}`);
  const total = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((sum, one) => sum + one, 0);
  const because = (counts: Readonly<Record<string, number>>) =>
    total(counts) === 0 ? '' : ` (${byCode(counts).join(', ')})`;
  return [
    `${queries.accepted} ${words.asked}`,
    ...Object.entries(queries.ended).map(([outcome, count]) => `${count} ${words.ended[outcome] ?? outcome}`),
    `${total(queries.turnedAway)} ${words.turnedAway}${because(queries.turnedAway)}`,
    `${queries.released} ${words.released}`,
    `${total(queries.refused)} ${words.refused}${because(queries.refused)}`,
  ];
}

const publications = ({ publications: all }: Project, words: PageWords): Html | string =>
  all.length === 0
    ? ''
    : html`<h3>${words.publications}</h3><ul>${all.map(({ evidence, at }) => html`<li>${evidence} (${day(at)})</li>`)}</ul>`;
