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
    ...asQuoted(secret),
    ...inAddress(secret),
    ...inBase64(bytes),
    hex,
    hex.toUpperCase(),
  ];
  return [...new Set(forms.flatMap(form => [form, form.replace(ID, id => id.slice(0, SHORT_ID))]))];
}

/** The ids of engines, and how much of one is quoted. */
const ID = /[0-9a-f]{64}/g;
const SHORT_ID = 12;

/** As JSON has it; as Go's has it, which engines and registries speak; and as it stands in a page of HTML. */
function asQuoted(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const html = secret.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  return [
    json,
    json.replace(/[<>&]/g, sign => `\\u00${inHex(sign)}`),
    // In an answer that quotes an answer.
    JSON.stringify(json).slice(1, -1),
    html.replace(/"/g, '&#34;').replace(/'/g, '&#39;'),
    html.replace(/"/g, '&quot;').replace(/'/g, '&#39;'),
  ];
}

/** Which signs are written otherwise depends on the place in an address and on who writes it, and so does the case. */
function inAddress(secret: string): readonly string[] {
  // Half of a pair of surrogates cannot be written into an address.
  const lax = encodeURIComponent(Buffer.from(secret).toString());
  const strict = lax.replace(/[!'()*]/g, sign => `%${inHex(sign).toUpperCase()}`);
  const forms = [
    lax,
    strict,
    strict.replaceAll('%20', '+'),
    new URLSearchParams({ '': secret }).toString().slice(1),
    // Before the @, as Go writes it (RFC 3986, userinfo).
    strict.replace(/%(24|26|2B|2C|3B|3D)/g, decodeURIComponent),
  ];
  return forms.flatMap(form => [form, form.replace(/%../g, code => code.toLowerCase())]);
}

function inHex(sign: string): string {
  return Buffer.from(sign).toString('hex');
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
