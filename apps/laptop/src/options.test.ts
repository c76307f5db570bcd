/** The command line of the laptop: what it understands, and what it says when it does not. */
import { describe, expect, it } from 'vitest';
import { help, parseOptions } from './options.ts';

describe('npm start', () => {
  it('raises the invented Ruhr when nothing is said', () => {
    expect(parseOptions([], 'C')).toMatchObject({
      kind: 'run',
      options: { example: 'ruhr', once: false, json: false, port: 7400, lang: 'en' },
    });
  });

  it('speaks German to a German machine', () => {
    expect(parseOptions([], 'de_DE.UTF-8')).toMatchObject({ options: { lang: 'de' } });
  });

  it.each([
    [['--example', 'mars'], '--example is ruhr or care-need.'],
    [['--example', 'care-need'], '--example care-need needs --data and the folder of the real files.'],
    [['--port', '70000'], '--port is a whole number from 0 to 65535.'],
    [['--port', '1e3'], '--port is a whole number from 0 to 65535.'],
    [['--persons', '5'], '--persons is a whole number from 10000 to 1210000.'],
    [['--lang', 'fr'], '--lang is de or en.'],
  ])('turns down %j and says why', (args, fault) => {
    expect(parseOptions(args, 'C')).toEqual({ kind: 'usage', fault });
  });

  it('turns down a flag that it does not know', () => {
    expect(parseOptions(['--twice'], 'C')).toMatchObject({ kind: 'usage' });
  });

  it('documents every flag', () => {
    for (const flag of ['example', 'data', 'folder', 'port', 'persons', 'lang', 'once', 'json', 'help'])
      expect(help).toContain(`--${flag}`);
  });
});
