import { styleText } from 'node:util';
import Table from 'cli-table3';
import { printable, printableJson } from '../base/clean-text.ts';

type Style = Parameters<typeof styleText>[0];

/** How results reach whoever asked: a person at a terminal, a pipe, or a program that wants JSON. */
export interface Output {
  /** Whether a person looks on, so that progress makes sense. */
  readonly isTerminal: boolean;
  /** Whether only JSON may go to standard output. */
  readonly json: boolean;
  style(style: Style, text: string): string;
  line(text: string): void;
  /** Rows under headings; in a pipe plain columns without headings, for `awk` and the like. */
  table(headings: readonly string[], rows: readonly (readonly string[])[]): void;
  value(value: unknown): void;
}

export interface OutputOptions {
  readonly json: boolean;
  /** False for `--no-color`. */
  readonly color: boolean;
  /** The environment's `NO_COLOR`, which counts if it is not empty (no-color.org). */
  readonly noColor: string | undefined;
}

export function openOutput({ json, color, noColor }: OutputOptions): Output {
  const isTerminal = process.stdout.isTTY === true && !json;
  const isColorful = isTerminal && color && !noColor;
  const style = (name: Style, text: string) => (isColorful ? styleText(name, text) : text);
  const safe = (text: string) => (isColorful ? keepingColors(text) : printable(text));
  const line = (text: string) => {
    if (!json) process.stdout.write(`${safe(text)}\n`);
  };
  return {
    isTerminal,
    json,
    style,
    line,
    table: (headings, rows) => {
      if (json) return;
      if (isTerminal)
        process.stdout.write(
          `${drawTable(
            headings.map(each => style('bold', each)),
            rows.map(row => row.map(safe)),
          )}\n`,
        );
      else for (const row of rows) process.stdout.write(`${row.map(safe).join('\t').trimEnd()}\n`);
    },
    value: value => {
      if (json) process.stdout.write(`${printableJson(JSON.stringify(value))}\n`);
    },
  };
}

/** What is printed holds words of others; nothing in them may steer a terminal, whoever forgot to clean them. */
function keepingColors(text: string): string {
  return text
    .split(/(\u001b\[[\d;]*m)/)
    .map((part, index) => (index % 2 === 0 ? printable(part) : part))
    .join('');
}

const PLAIN = {
  ...{
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
  },
  ...{
    'bottom-right': '',
    left: '',
    'left-mid': '',
    mid: '',
    'mid-mid': '',
    right: '',
    'right-mid': '',
    middle: '  ',
  },
};

function drawTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: [...headings],
    chars: PLAIN,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map(row => [...row]));
  return table
    .toString()
    .split('\n')
    .map(each => each.trimEnd())
    .join('\n');
}
