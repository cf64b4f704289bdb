import { cleanText } from '../base/clean-text.ts';
import type { HttpAnswer } from '../base/http.ts';
import { shapeOfJson, z } from '../base/shape.ts';
import type { Digest } from '../image/digest.ts';
import { familiarName, nameByDigest, type Reference } from '../image/reference.ts';
import { leavesToOther, redirectTarget } from './redirect-target.ts';
import { RegistryError } from './registry-error.ts';

/** An answer that the distribution spec does not know. */
export function garbage(reference: Reference, why: string): RegistryError {
  return new RegistryError(
    'garbage',
    `${reference.registry} gave no usable answer for ${familiarName(reference)}: ${why}.`,
    {
      hint: 'Nothing was changed; if a proxy stands in between, look there first.',
    },
  );
}

/** What a status other than 200 means (distribution spec, error codes). @param name what was asked for, tag or digest */
export function refusal(answer: HttpAnswer, reference: Reference, name: string): RegistryError {
  const { status } = answer;
  const what = name.includes(':') ? nameByDigest(reference, name as Digest) : familiarName(reference);
  const said = sayings(answer);
  const from = reference.registry;
  if (status === 401 || status === 403) {
    return new RegistryError('denied', `${from} refuses access to ${what} (HTTP ${status}${said}).`, {
      hint: `If it is private, run docker login ${from} as the user that runs refreshd; if it is public, check the name.`,
    });
  }
  if (status === 404)
    return new RegistryError('not-found', `${from} has no ${what} (HTTP 404${said}).`, {
      hint: 'Check the name and the tag.',
    });
  if (status === 429) {
    return new RegistryError('rate-limited', `${from} says it was asked too often (HTTP 429${said}).`, {
      hint: 'It is tried again at the next run; logging in usually raises the limit.',
      retryable: true,
    });
  }
  if (status >= 500)
    return new RegistryError('failed', `${from} is out of order (HTTP ${status}${said}).`, {
      hint: 'It is tried again at the next run.',
      retryable: true,
    });
  return redirection(answer, reference) ?? garbage(reference, `it answered HTTP ${status}${said}`);
}

/** No redirect is followed: the digest, and the token for it, are of the registry that was asked. */
function redirection({ status, header }: HttpAnswer, reference: Reference): RegistryError | undefined {
  const { registry, path } = reference;
  const from = new URL(`https://${registry}`);
  const target = redirectTarget(status, header('location'), from);
  if (target === undefined) return undefined;
  const hint = `If ${registry}/${path} has moved, run the container with the name that it has now.`;
  if (leavesToOther(header('location'), from))
    return new RegistryError(
      'redirected',
      `${registry} leaves ${familiarName(reference)} to ${target} (HTTP ${status}).`,
      { hint },
    );
  const why = `it redirects to ${target} (HTTP ${status}), and redirects are not followed`;
  return new RegistryError('garbage', garbage(reference, why).message, { hint });
}

const errorsShape = z.looseObject({
  errors: z.array(z.looseObject({ code: z.string().optional(), message: z.string().optional() })),
});

function sayings(answer: HttpAnswer): string {
  const read = shapeOfJson(errorsShape, answer.body.toString());
  const [first] = read.ok ? read.value.errors : [];
  const words = cleanText(first?.message ?? first?.code ?? '', 120);
  return words === '' ? '' : `: ${words}`;
}
