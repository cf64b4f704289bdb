import { stripVTControlCharacters } from 'node:util';

/**
 * Controls, line and paragraph separators, marks that turn the direction of text or are not seen at all, halves of
 * signs, and what Unicode has given no meaning.
 */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]+/gu;

/** Text of ours, of any length, that may hold words of others: as it was where nothing in it steers a terminal. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, ' ');
}

/** The same for JSON, which has a way of its own to write down such signs, and so keeps them. */
export function printableJson(json: string): string {
  return json.replace(UNPRINTABLE, signs =>
    Array.from({ length: signs.length }, (_, at) => {
      return `\\u${signs.charCodeAt(at).toString(16).padStart(4, '0')}`;
    }).join(''),
  );
}

/**
 * Makes text from outside (a registry's error, a health body, a label) safe for a log line and a terminal:
 * one line, no control or escape sequence, no more than `limit` characters.
 */
export function cleanText(text: string, limit = 200): string {
  // Cut before the regular expressions run, so that a huge answer costs nothing.
  const plain = printable(stripVTControlCharacters(text.slice(0, limit * 8)))
    .replace(/ {2,}/g, ' ')
    .trim();
  const isWhole = plain.length <= limit && text.length <= limit * 8;
  if (isWhole || plain === '') return plain;
  // No half of a sign at the end, which would itself be unprintable.
  return `${plain.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
