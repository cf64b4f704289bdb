import { stripVTControlCharacters } from 'node:util';

/** C0 and C1 controls, line and paragraph separators, and the marks that turn the direction of text. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g;

/**
 * Makes text from outside (a registry's error, a health body, a label) safe for a log line and a terminal:
 * one line, no control or escape sequence, no more than `limit` characters.
 */
export function cleanText(text: string, limit = 200): string {
  // Cut before the regular expressions run, so that a huge answer costs nothing.
  const plain = stripVTControlCharacters(text.slice(0, limit * 8))
    .replace(UNPRINTABLE, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return plain.length > limit ? `${plain.slice(0, limit - 1)}…` : plain;
}
