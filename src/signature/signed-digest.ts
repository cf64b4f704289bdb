import { type Shaped, shapeOfJson, z } from '../base/shape.ts';

const simpleSigningShape = z.object({
  critical: z.object({
    type: z.literal('cosign container image signature'),
    image: z.object({ 'docker-manifest-digest': z.string() }),
  }),
});

const statementShape = z.object({
  _type: z.literal(['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1']),
  /** Statements of other kinds say something about an image, a list of its parts for instance, and vouch for nothing. */
  predicateType: z.literal('https://sigstore.dev/cosign/sign/v1'),
  subject: z.array(z.object({ digest: z.record(z.string(), z.string()) })),
});

/** The digests that a signed simple-signing payload is about (containers/image, simple signing). */
export function digestInPayload(text: string): Shaped<readonly string[]> {
  const payload = shapeOfJson(simpleSigningShape, text);
  return payload.ok ? { ok: true, value: [payload.value.critical.image['docker-manifest-digest']] } : payload;
}

/** The digests that a signed in-toto statement is about. */
export function digestsInStatement(text: string): Shaped<readonly string[]> {
  const statement = shapeOfJson(statementShape, text);
  if (!statement.ok) return statement;
  const digests = statement.value.subject.flatMap(({ digest }) =>
    Object.entries(digest).map(([algorithm, hex]) => `${algorithm}:${hex}`),
  );
  return { ok: true, value: digests };
}
