/** The public register at a running broker: counted, cached, made again from the exported log, and no way in for markup. */
import { projectBook } from '@revier/core';
import { ExportLine, LogEntry, ProjectList } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { html } from './projects/html.ts';
import { projectsPage } from './projects/projects-page.ts';
import { answerWith, CITY_A, codeOf, one, startTwoCities, type TwoCities } from './testing/two-cities.case.ts';

let cities: TwoCities;
beforeAll(async () => {
  cities = await startTwoCities();
});
afterAll(() => cities?.federation.close());

async function askRefused(): Promise<void> {
  const { cityA, cityB, submit, answerOf } = cities;
  const queryId = await submit();
  await cityA.refuse(await one(cityA), 'BUDGET');
  await answerWith(cityB);
  await answerOf(queryId);
}

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${cities.federation.url()}${path}`, { headers });
const projects = async () => ProjectList.parse(await (await get('/v1/projects')).json());

describe('the register of projects', () => {
  it('tells who, what for, which data, which safeguards, and counts by reason', async () => {
    await askRefused();
    const { projects: all, entries } = await projects();
    expect(entries).toBeGreaterThan(0);
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({
      state: 'active',
      queries: { accepted: 1, released: 1, refused: { BUDGET: 1 }, dryRuns: 0 },
    });
    expect(all[0]?.purposes[0]?.basis).toMatch(/EHDS|GDNG/);
    expect(all[0]?.agreements.map(({ holder }) => holder)).toContain(CITY_A);
    expect(JSON.stringify(all)).not.toMatch(/erika|max4/);
  });

  it('is made again from the exported log by anybody who has it', async () => {
    const { federation, submit, finish, answerOf } = cities;
    const queryId = await submit();
    await finish();
    await answerOf(queryId);
    expect(await codeOf(federation.asPerson(cities.erika).submit(await unknownRegister()))).toBeDefined();
    const shown = await projects();
    const auditor = await federation.person('auditor', { roles: ['auditor'] });
    const text = await (await federation.fetchAs(auditor, '/v1/node/audit')).text();
    const lines = text
      .trim()
      .split('\n')
      .map((line) => ExportLine.parse(JSON.parse(line)));
    const snapshots = new Map(lines.flatMap((line) => (line.kind === 'snapshot' ? [[line.hash, line.content]] : [])));
    const book = projectBook();
    for (const line of lines) {
      if (line.kind !== 'entry' || line.index >= shown.entries) continue;
      book.take(LogEntry.parse(JSON.parse(line.entry)), (hash) => JSON.parse(snapshots.get(hash) ?? 'null'));
    }
    expect(book.projects(Date.now())).toEqual(shown.projects);
    expect(shown.projects[0]?.queries.accepted).toBe(2);
  });

  it('is not sent again to whoever has it', async () => {
    const first = await get('/v1/projects');
    const again = await get('/v1/projects', { 'if-none-match': first.headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
    const page = await get('/projects');
    expect((await get('/projects', { 'if-none-match': page.headers.get('etag') ?? '' })).status).toBe(304);
  });

  it('stays the same after a restart', async () => {
    const before = await projects();
    await cities.federation.restart();
    const after = await projects();
    expect(after.projects).toEqual(before.projects);
  });

  it('is a German page with English behind a link, without scripts, under a policy that allows none', async () => {
    const german = await get('/projects');
    expect(german.headers.get('content-type')).toContain('text/html');
    const policy = german.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    const text = await german.text();
    expect(text).toContain('<html lang="de">');
    expect(text).toContain('Verzeichnis der Vorhaben');
    expect(text).toContain('1 Teile abgelehnt (BUDGET 1)');
    expect(text).not.toMatch(/<script| style="| on\w+="/);
    expect(await (await get('/projects?lang=en')).text()).toContain('<html lang="en">');
    expect((await get('/projects?lang=xx')).status).toBe(400);
  });
});

describe('a page of what participants have written', () => {
  it('shows markup as text, wherever it stands', async () => {
    const list = await projects();
    const evil = '<img src=x onerror="alert(1)">\'&';
    const [project] = list.projects;
    if (project === undefined) throw new Error('no project');
    const hostile = {
      ...project,
      title: { de: evil, en: evil },
      aim: evil,
      agreements: project.agreements.map((agreement) => ({ ...agreement, legalBasis: evil, norm: null })),
      publications: [{ agreement: project.agreements[0]?.hash ?? '', evidence: evil, at: '2026-01-01T00:00:00Z' }],
    };
    const page = projectsPage({ ...list, projects: [hostile] }, 'de', () => evil);
    expect(page).not.toContain('<img');
    expect(page.match(/&#60;img/g)?.length).toBeGreaterThanOrEqual(5);
  });

  it('keeps made markup and escapes everything else', () => {
    expect(html`<p>${'<b>'}${html`<i>${1}</i>`}${[html`a`, html`${'&'}`]}</p>`.text).toBe(
      '<p>&#60;b&#62;<i>1</i>a&#38;</p>',
    );
  });
});

const unknownRegister = () =>
  cities.federation.sign(cities.erika, { change: (envelope) => ({ ...envelope, agreements: [] }) });
