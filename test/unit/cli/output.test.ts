import { styleText } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { type OutputOptions, openOutput } from '../../../src/cli/output.ts';

let write: MockInstance<typeof process.stdout.write>;
const wasTTY = process.stdout.isTTY;

beforeEach(() => {
  // The colours of this machine's terminal must not decide.
  vi.stubEnv('FORCE_COLOR', '1');
  write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  write.mockRestore();
  vi.unstubAllEnvs();
  process.stdout.isTTY = wasTTY;
});

/** What is written where a person looks on, or does not. */
function written(isTTY: boolean, over: Partial<OutputOptions> = {}): { flags: string; text: string } {
  process.stdout.isTTY = isTTY;
  const output = openOutput({ json: false, color: true, noColor: undefined, ...over });
  output.line('a line');
  output.table(
    ['NAME', 'WHY'],
    [
      ['web', 'since it is'],
      ['long-name', ''],
    ],
  );
  output.value({ a: undefined, b: [1] });
  output.line(output.style('green', 'fine'));
  const flags = [output.isTerminal && 'terminal', output.json && 'json'].filter(Boolean).join(' ');
  return { flags, text: write.mock.calls.map(([text]) => String(text)).join('') };
}

const bold = (text: string) => styleText('bold', text);

describe('output', () => {
  it('is plain columns without headings in a pipe', () => {
    expect(written(false)).toEqual({ flags: '', text: 'a line\nweb\tsince it is\nlong-name\nfine\n' });
  });

  it('is a table with headings and colours for a person', () => {
    const text = `a line\n${bold('NAME')}       ${bold('WHY')}\nweb        since it is\nlong-name\n${styleText('green', 'fine')}\n`;
    expect(written(true)).toEqual({ flags: 'terminal', text });
  });

  it.each([
    ['--no-color', { color: false }],
    ['NO_COLOR', { noColor: '1' }],
  ])('has no colours with %s', (_, over) => {
    const text = 'a line\nNAME       WHY\nweb        since it is\nlong-name\nfine\n';
    expect(written(true, over)).toEqual({ flags: 'terminal', text });
  });

  it('takes an empty NO_COLOR for none', () => {
    expect(written(true, { noColor: '' }).text).toContain(styleText('green', 'fine'));
  });

  it.each([true, false])('is JSON alone for a program, terminal or not: %s', isTTY => {
    expect(written(isTTY, { json: true })).toEqual({ flags: 'json', text: '{"b":[1]}\n' });
  });

  it.each([
    [true, true],
    [true, false],
    [false, true],
  ])('lets nothing steer a terminal but colours (terminal: %s, colours: %s)', (isTTY, color) => {
    process.stdout.isTTY = isTTY;
    const output = openOutput({ json: false, color, noColor: undefined });
    const evil = 'a\u001b]0;owned\u0007\u001b[2J\u009b1A\u202e\nforged';
    output.line(evil);
    output.table(['NAME'], [[evil]]);
    const text = write.mock.calls.map(([each]) => String(each)).join('');
    const own = isTTY && color ? /\u001b\[\d+m/g : /(?!)/g;
    expect(text.replace(own, '')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text).not.toMatch(/^forged/m);
  });

  it('writes down in JSON what must not reach a terminal', () => {
    openOutput({ json: true, color: false, noColor: undefined }).value({ a: '\u009b1A\u202e' });
    expect(String(write.mock.calls[0])).toBe('{"a":"\\u009b1A\\u202e"}\n');
  });
});
