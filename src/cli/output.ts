import { styleText } from 'node:util';
import { printable, printableJson } from '../base/clean-text.ts';
import { drawTable } from './draw-table.ts';

type Style = Parameters<typeof styleText>[0];

/** How results reach whoever asked: a person at a terminal, a pipe, or a program that wants JSON. */
export interface Output {
  /** Whether a person looks on, so that progress makes sense. */
  readonly isTerminal: boolean;
  /** Whether colours are wanted. */
  readonly isColorful: boolean;
  /** How wide its terminal is now. */
  readonly columns: number;
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
    isColorful,
    get columns() {
      return columnsNow();
    },
    json,
    style,
    line,
    table: (headings, rows) => {
      if (json || rows.length === 0) return;
      if (isTerminal)
        process.stdout.write(
          `${drawTable(
            headings.map(each => style('bold', each)),
            rows.map(row => row.map(safe)),
            columnsNow(),
          )}\n`,
        );
      else for (const row of rows) process.stdout.write(`${row.map(safe).join('\t').trimEnd()}\n`);
    },
    value: value => {
      if (json) process.stdout.write(`${printableJson(JSON.stringify(value))}\n`);
    },
  };
}

/** A terminal that does not say how wide it is (0) is taken for one of the usual width. */
function columnsNow(): number {
  return process.stdout.columns || 80;
}

/** What is printed holds words of others; nothing in them may steer a terminal, whoever forgot to clean them. */
function keepingColors(text: string): string {
  return text
    .split(/(\u001b\[[\d;]*m)/)
    .map((part, index) => (index % 2 === 0 ? printable(part) : part))
    .join('');
}
