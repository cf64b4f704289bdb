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

/** Parses JSON and checks its shape; text that is no JSON is a problem like any other. */
export function shapeOfJson<T>(schema: z.ZodType<T>, text: string): Shaped<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, problem: text.trim() === '' ? 'it is empty' : 'it is not JSON' };
  }
  return shapeOf(schema, value);
}
