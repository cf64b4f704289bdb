import { cleanText } from './clean-text.ts';

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
  let known: readonly string[] = [];
  return {
    learn: values => {
      const forms = values.flatMap(formsOf).filter(form => form.length >= SHORTEST);
      // Longest first, so that of one that begins with another nothing is left over.
      known = [...new Set([...known, ...forms])].toSorted((a, b) => b.length - a.length);
    },
    redact: text => known.reduce(withoutBeginnings, known.reduce(withoutWhole, text)),
  };
}

/** As it is, as it is cleaned for a log line, and as programs quote it. */
function formsOf(value: string): readonly string[] {
  return [value, cleanText(value, value.length), JSON.stringify(value).slice(1, -1)];
}

function withoutWhole(text: string, secret: string): string {
  return text.replaceAll(secret, INSTEAD);
}

/** A text that was cut may end in the middle of a secret. */
function withoutBeginnings(text: string, secret: string): string {
  if (!text.includes(CUT)) return text;
  let redacted = text;
  for (let length = Math.min(secret.length - 1, text.length); length >= SHORTEST; length--) {
    redacted = redacted.replaceAll(secret.slice(0, length) + CUT, INSTEAD + CUT);
  }
  return redacted;
}
