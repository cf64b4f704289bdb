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
