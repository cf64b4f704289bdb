import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openSecrets } from '../../../src/base/secrets.ts';

const redact = (values: readonly string[], text: string) => {
  const secrets = openSecrets();
  secrets.learn(values);
  return secrets.redact(text);
};

it.each<[string, readonly string[], string, string]>([
  ['wherever it stands', ['hunter2'], 'hunter2 and xhunter2x', '*** and x***x'],
  ['all of them', ['secret', 'hunter2'], 'secret hunter2', '*** ***'],
  ['longest first', ['hunter', 'hunter2'], 'hunter2', '***'],
  ['not if it is short', ['short'], 'in short', 'in short'],
  ['with characters that mean something elsewhere', ['$&a.b*c'], 'x $&a.b*c', 'x ***'],
  ['quoted', ['say "hunter2"'], String.raw`exec: "say \"hunter2\""`, 'exec: "***"'],
  ['cleaned', ['two\nlines  here'], 'two lines here', '***'],
  ['cut', ['hunter2hunter2'], 'no such file hunter2hun… (HTTP 500)', 'no such file ***… (HTTP 500)'],
  ['in an address', ['a b/c&d'], 'x?p=a%20b%2Fc%26d or a+b%2Fc%26d', 'x?p=*** or ***'],
  ['in an address of small letters', ['a b/c&d'], 'x?p=a%20b%2fc%26d', 'x?p=***'],
  ['in an address by Go', ['it!s*(~)'], 'x?p=it%21s%2A%28~%29', 'x?p=***'],
  ['before an @ by Go', ['p@ss$1!'], 'http://me:p%40ss$1%21@proxy.test', 'http://me:***@proxy.test'],
  ['in JSON by Go', ['<a>&"b"'], String.raw`said \u003ca\u003e\u0026\"b\"`, 'said ***'],
  [
    'in JSON within JSON',
    ['say "hunter2"'],
    String.raw`{\"p\":\"say \\\"hunter2\\\"\"}`,
    String.raw`{\"p\":\"***\"}`,
  ],
  ['in a page', [`a<b>&"c'd`], 'a&lt;b&gt;&amp;&#34;c&#39;d', '***'],
  ['in hexadecimal', ['hunter2'], '68756e74657232 68756E74657232', '*** ***'],
  ['in base64, cut', ['hunter2hunter2'], 'Basic aHVudGVyMmh1… here', 'Basic ***… here'],
  ['quoted as short as an id', ['0a1b2c3d'.repeat(8)], 'exec: --key=0a1b2c3d0a1b', 'exec: --key=***'],
  ['not where nothing of it is', ['hunter2'], 'fine', 'fine'],
])('takes out a secret %s', (_, values, text, expected) => {
  expect(redact(values, text)).toBe(expected);
});

it('learns more and more', () => {
  const secrets = openSecrets();
  secrets.learn(['first-secret']);
  secrets.learn(['second-secret', 'first-secret']);
  expect(secrets.redact('first-secret second-secret')).toBe('*** ***');
});

it('leaves nothing to be read of a secret in base64, whatever it stands between', () => {
  const readable = fc.stringMatching(/^[a-z0-9]{8,40}$/);
  fc.assert(
    fc.property(
      readable,
      fc.string(),
      fc.string(),
      fc.constantFrom('base64', 'base64url'),
      (secret, before, after, as) => {
        const text = Buffer.from(`${before}${secret}${after}`).toString(as as BufferEncoding);
        expect(redact([secret], text)).toContain('***');
      },
    ),
  );
});

it('takes any text for a secret', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 6, unit: 'binary' }), secret => {
      expect(redact([secret], `${secret}`)).not.toContain(secret);
    }),
  );
});
