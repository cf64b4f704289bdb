import { cleanText } from './clean-text.ts';

/**
 * The forms in which a secret may turn up in words of others: as it is, as it is cleaned for a log line, as programs
 * quote it, as it is written into an address, and as it travels in headers (base64, wherever it begins in what is
 * encoded) or is dumped (hexadecimal). One that looks like an id, as keys do that are made at random, may be quoted
 * as short as ids are.
 */
export function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  const forms = [
    secret,
    cleanText(secret, secret.length),
    JSON.stringify(secret).slice(1, -1),
    inAddress(secret),
    new URLSearchParams({ '': secret }).toString().slice(1),
    ...inBase64(bytes),
    hex,
    hex.toUpperCase(),
  ];
  return [...new Set(forms.flatMap(form => [form, form.replace(ID, id => id.slice(0, SHORT_ID))]))];
}

/** The ids of engines, and how much of one is quoted. */
const ID = /[0-9a-f]{64}/g;
const SHORT_ID = 12;

/** Half of a pair of surrogates cannot be written into an address. */
function inAddress(secret: string): string {
  return encodeURIComponent(Buffer.from(secret).toString());
}

/**
 * What base64 makes of bytes that begin at each of the three places in a group; without the signs at the edges that
 * depend on what stands beside them. Both alphabets (RFC 4648).
 */
function inBase64(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap(before => {
    const padded = Buffer.concat([Buffer.alloc(before), bytes]);
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor((padded.length * 8) / 6);
    return (['base64', 'base64url'] as const).map(alphabet => padded.toString(alphabet).slice(from, to));
  });
}
