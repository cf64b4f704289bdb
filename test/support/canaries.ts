import { randomBytes } from 'node:crypto';

/** Bytes of a canary that are looked for: a leak that was cut has them too, and chance has not. */
const LOOKED_FOR = 12;

/** Secrets that are planted, and looked for afterwards in every form in which they may travel. */
export class Canaries {
  readonly #places = new Map<string, string>();
  readonly #needles = new Map<string, string>();

  /**
   * Makes a secret of letters and figures. @param place where it is planted, for the report of a find
   */
  make(place: string): string {
    const value = `Cn${randomBytes(16).toString('hex')}`.slice(0, 26);
    this.#places.set(value, place);
    for (const [form, text] of formsOf(value.slice(0, LOOKED_FOR)))
      this.#needles.set(text, `the secret in ${place}, ${form}`);
    return value;
  }

  /** What of them is in these bytes. */
  find(bytes: Buffer | string): string[] {
    const text = typeof bytes === 'string' ? bytes : bytes.toString('latin1');
    return [...this.#needles].flatMap(([needle, what]) => (text.includes(needle) ? [what] : []));
  }

  get counts(): { readonly secrets: number; readonly forms: number } {
    return { secrets: this.#places.size, forms: this.#needles.size / this.#places.size };
  }
}

/** Each form by its name, as it would stand in a text whatever is before and after it. */
function formsOf(value: string): [string, string][] {
  const once = base64(Buffer.from(value));
  const twice = once.flatMap(text => base64(Buffer.from(text)));
  const hex = Buffer.from(value).toString('hex');
  const each = (write: (sign: string) => string) => [...value].map(write).join('');
  const code = (sign: string) => sign.charCodeAt(0).toString(16);
  return [
    ['as it is', value],
    ...once.map((text, place): [string, string] => [`in base64, place ${place}`, text]),
    ...twice.map((text, place): [string, string] => [`in base64 of base64, place ${place}`, text]),
    ['in hexadecimal', hex],
    ['in capital hexadecimal', hex.toUpperCase()],
    ['escaped for JSON', each(sign => `\\u00${code(sign)}`)],
    ['escaped for an address', each(sign => `%${code(sign)}`)],
    ['backwards', [...value].reverse().join('')],
  ];
}

/** Without the signs at its edges, which depend on what stands beside it; at each of three places in a group. */
function base64(bytes: Buffer): string[] {
  return [0, 1, 2].map(before => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replaceAll('=', '');
    return text.slice(before === 0 ? 0 : before + 1, Math.floor(((before + bytes.length) * 8) / 6));
  });
}
