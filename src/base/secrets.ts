import { formsOf } from './secret-forms.ts';

/** What must not be shown, known by its value: wherever it turns up in words of others, it is taken out. */
export interface Secrets {
  /** Values of fewer than six characters are left out: they would be found in every other word. */
  learn(values: readonly string[]): void;
  redact(text: string): string;
}

const SHORTEST = 6;
const INSTEAD = '***';
/** What cleaned text that was too long ends with. */
const CUT = '…';

export function openSecrets(): Secrets {
  const values = new Set<string>();
  let known: readonly string[] = [];
  return {
    learn: learnt => {
      const added = learnt.filter(value => value.length >= SHORTEST && !values.has(value));
      if (added.length === 0) return;
      for (const value of added) values.add(value);
      const forms = added.flatMap(formsOf).filter(form => form.length >= SHORTEST);
      // Longest first, so that of one that begins with another nothing is left over.
      known = [...new Set([...known, ...forms])].toSorted((a, b) => b.length - a.length);
    },
    redact: text => known.reduce(withoutBeginnings, known.reduce(withoutWhole, text)),
  };
}

function withoutWhole(text: string, secret: string): string {
  return text.includes(secret) ? text.replaceAll(secret, INSTEAD) : text;
}

/** A text that was cut may end in the middle of a secret. */
function withoutBeginnings(text: string, secret: string): string {
  if (!text.includes(CUT) || !text.includes(secret.slice(0, SHORTEST))) return text;
  let redacted = text;
  for (let length = Math.min(secret.length - 1, text.length); length >= SHORTEST; length--) {
    redacted = redacted.replaceAll(secret.slice(0, length) + CUT, INSTEAD + CUT);
  }
  return redacted;
}
