import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';

const GAP = '  ';
/** A column that is made narrower than this reads badly. */
const NARROWEST = 20;

/**
 * Rows under headings, fit for a terminal of so many columns. Where they are too wide, the widest column goes on in further
 * lines; where that is not enough, each row becomes a block of its own.
 */
export function drawTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number,
): string {
  const widths = headings.map((heading, at) => widest([heading, ...rows.map(row => row[at] ?? '')]));
  const total = widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
  const wide = widths.indexOf(Math.max(...widths));
  const room = (widths[wide] ?? 0) - Math.max(0, total - columns);
  const longestWord = widest(rows.flatMap(row => (row[wide] ?? '').split(' ')));
  if (total > columns && room < Math.max(NARROWEST, longestWord)) return drawBlocks(headings, rows, columns);
  return drawRows(
    headings,
    rows.map(row => row.map((cell, at) => (at === wide ? wrap(cell, room) : cell))),
  );
}

function drawRows(headings: readonly string[], rows: readonly (readonly string[])[]): string {
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

/** The first cell alone, and below it what the others are called and say. */
function drawBlocks(
  [, ...names]: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number,
): string {
  const indent = GAP.length * 2 + Math.max(...names.map(widthOf));
  const blocks = rows.map(([title = '', ...cells]) => {
    const lines = cells.flatMap((cell, at) => {
      const name = names[at] ?? '';
      const padding = ' '.repeat(indent - GAP.length - widthOf(name));
      const text = wrap(cell, Math.max(NARROWEST, columns - indent)).replaceAll(
        '\n',
        `\n${' '.repeat(indent)}`,
      );
      return cell === '' ? [] : [`${GAP}${name}${padding}${text}`];
    });
    return [title, ...lines].join('\n');
  });
  return blocks.join('\n');
}

/** Breaks a text between words, into lines of at most so many columns where its words allow it. */
function wrap(text: string, columns: number): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || widthOf(line) + 1 + widthOf(word) > columns) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.join('\n');
}

/** There may be more of them than a call takes arguments. */
function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, widthOf(text)), 0);
}

function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}

const PLAIN = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: GAP },
};
