import { z } from 'zod';
import { cleanText } from './clean-text.ts';

export { z };

/** A value from outside, either in the shape we asked for or with one sentence on what is wrong with it. */
export type Shaped<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string };

/** Checks a value from outside against a schema. The problem names places and kinds, never the values found. */
export function shapeOf<T>(schema: z.ZodType<T>, value: unknown): Shaped<T> {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  const [first, ...more] = result.error.issues.map(issue => {
    const place = issue.path.map(String).join('.');
    const what = issue.message.replace(/^Invalid input: /, '');
    return place === '' ? what : `${place}: ${what}`;
  });
  const rest = more.length === 0 ? '' : ` (and ${more.length} more)`;
  return { ok: false, problem: cleanText(`${first ?? 'not understood'}${rest}`) };
}

/** Nothing that we read is nested half as deep; going through what is, level by level, would exhaust the stack. */
const DEEPEST = 100;
/** Nor has it half as many parts; of a million wrong ones, a megabyte or two, each would be told with its place. */
const MOST_PARTS = 50_000;
const STEPS: Readonly<Record<string, number>> = { '[': 1, '{': 1, ']': -1, '}': -1 };

/** What makes JSON too much to be looked at, before it is. */
function excessOf(json: string): string | undefined {
  let depth = 0;
  let parts = 0;
  let isQuoted = false;
  for (let at = 0; at < json.length; at++) {
    const sign = json.charAt(at);
    if (isQuoted && sign === '\\') at++;
    else if (sign === '"') isQuoted = !isQuoted;
    else if (!isQuoted) {
      depth += STEPS[sign] ?? 0;
      parts += Number(sign === ',');
    }
    if (depth > DEEPEST) return 'it is nested too deep';
    if (parts > MOST_PARTS) return 'it has too many parts';
  }
  return undefined;
}

/** Parses JSON and checks its shape; text that is no JSON is a problem like any other. */
export function shapeOfJson<T>(schema: z.ZodType<T>, text: string): Shaped<T> {
  const problem = excessOf(text);
  if (problem !== undefined) return { ok: false, problem };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, problem: text.trim() === '' ? 'it is empty' : 'it is not JSON' };
  }
  return shapeOf(schema, value);
}
