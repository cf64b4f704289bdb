import { createHash } from 'node:crypto';
import { type Shaped, shapeOfJson, z } from '../base/shape.ts';
import type { Candidate } from './candidate.ts';

const SIGNATURE = 'dev.cosignproject.cosign/signature';
const CERTIFICATE = 'dev.sigstore.cosign/certificate';
const LOG_ENTRY = 'dev.sigstore.cosign/bundle';
const TIMESTAMP = 'dev.sigstore.cosign/rfc3161timestamp';

const logEntryShape = z.object({
  SignedEntryTimestamp: z.string(),
  Payload: z.object({
    body: z.string(),
    integratedTime: z.number().int().nonnegative(),
    logIndex: z.number().int().nonnegative(),
    logID: z.string().regex(/^[0-9a-f]{64}$/),
  }),
});
const entryKindShape = z.object({ kind: z.string(), apiVersion: z.string() });
const timestampShape = z.object({ SignedRFC3161Timestamp: z.string() });

/**
 * Turns a signature as cosign 2 keeps it (a layer with a payload, everything else in its annotations; cosign,
 * SIGNATURE_SPEC.md) into a Sigstore bundle, so that both are verified in one way.
 */
export function bundleOfLayer(
  payload: Buffer,
  annotations: Readonly<Record<string, string>>,
): Shaped<Candidate> {
  const entries = logEntries(annotations[LOG_ENTRY]);
  if (!entries.ok) return entries;
  const timestamps = timestampsOf(annotations[TIMESTAMP]);
  if (!timestamps.ok) return timestamps;
  const certificate = annotations[CERTIFICATE];
  const bundle = {
    mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
    verificationMaterial: {
      ...(certificate
        ? { x509CertificateChain: { certificates: [{ rawBytes: derOf(certificate) }] } }
        : { publicKey: { hint: '' } }),
      tlogEntries: entries.value,
      timestampVerificationData: { rfc3161Timestamps: timestamps.value },
    },
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: createHash('sha256').update(payload).digest('base64') },
      signature: annotations[SIGNATURE] ?? '',
    },
  };
  return { ok: true, value: { bundle, payload } };
}

function logEntries(text: string | undefined): Shaped<readonly object[]> {
  if (text === undefined) return { ok: true, value: [] };
  const entry = shapeOfJson(logEntryShape, text);
  if (!entry.ok) return entry;
  const { body, integratedTime, logIndex, logID } = entry.value.Payload;
  const kind = shapeOfJson(entryKindShape, Buffer.from(body, 'base64').toString());
  if (!kind.ok) return kind;
  return {
    ok: true,
    value: [
      {
        logIndex: String(logIndex),
        logId: { keyId: Buffer.from(logID, 'hex').toString('base64') },
        kindVersion: { kind: kind.value.kind, version: kind.value.apiVersion },
        integratedTime: String(integratedTime),
        inclusionPromise: { signedEntryTimestamp: entry.value.SignedEntryTimestamp },
        canonicalizedBody: body,
      },
    ],
  };
}

function timestampsOf(text: string | undefined): Shaped<readonly object[]> {
  if (text === undefined) return { ok: true, value: [] };
  const timestamp = shapeOfJson(timestampShape, text);
  if (!timestamp.ok) return timestamp;
  return { ok: true, value: [{ signedTimestamp: timestamp.value.SignedRFC3161Timestamp }] };
}

/** The bytes of the first certificate in a PEM text, in base64. */
function derOf(pem: string): string {
  const [, base64 = ''] = /-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/.exec(pem) ?? [];
  return base64.replace(/\s/g, '');
}
