import { expect, it, vi } from 'vitest';
import { openSecrets } from '../../../src/base/secrets.ts';
import type { LabelWishes } from '../../../src/container/labels.ts';
import type { VerifyPolicy } from '../../../src/plan/signature-demand.ts';
import type { Verdict } from '../../../src/plan/verdict.ts';
import type { Registry } from '../../../src/registry/registry.ts';
import { RegistryError } from '../../../src/registry/registry-error.ts';
import { requireSignatures } from '../../../src/run/require-signatures.ts';
import type { ResolvedContainer } from '../../../src/run/resolved-container.ts';
import type { RunTools } from '../../../src/run/run-tools.ts';
import type { SurveyedContainer } from '../../../src/run/survey.ts';
import type { Signatures } from '../../../src/signature/check-signature.ts';
import { SignatureError } from '../../../src/signature/signature-error.ts';
import { digestOf } from '../../support/rollout-samples.ts';

const OFFERED = digestOf('b');
const OUTDATED: Verdict = { kind: 'outdated', digest: OFFERED, aliases: [] };
const KEY: VerifyPolicy = { verify: 'key', key: 'cosign.pub' };

function resolved(
  verdict: Verdict = OUTDATED,
  wishes: LabelWishes = {},
  reference = 'registry.test/web:1',
): ResolvedContainer {
  const image = {
    Id: digestOf('1'),
    RepoDigests: [`registry.test/web@${digestOf('a')}`],
    Config: { Labels: {} },
  };
  return { container: { name: 'web', reference, image, wishes } as unknown as SurveyedContainer, verdict };
}

async function verdicts(
  each: readonly ResolvedContainer[],
  check: Signatures['check'],
  signature = KEY,
  interrupted = new AbortController().signal,
): Promise<readonly Verdict[]> {
  const tools = {
    registry: { manifest: async () => undefined } as unknown as Registry,
    signatures: { check },
    policy: { signature },
    concurrency: 2,
    secrets: openSecrets(),
    interrupted,
  } as unknown as RunTools;
  return (await requireSignatures(tools, each)).map(({ verdict }) => verdict);
}

const signed: Signatures['check'] = async () => ({ kind: 'signed', by: 'me' });
const unsigned: Signatures['check'] = async () => ({ kind: 'unsigned', reason: 'not signed' });

it('lets what is signed through, and says by whom', async () => {
  expect(await verdicts([resolved()], signed)).toEqual([{ ...OUTDATED, signedBy: 'me' }]);
});

it('refuses what is not, and says what goes on running', async () => {
  expect(await verdicts([resolved()], unsigned)).toEqual([
    { kind: 'failed', digest: OFFERED, running: digestOf('a'), reason: 'not signed' },
  ]);
});

it.each<[Verdict]>([
  [{ kind: 'current', digest: OFFERED }],
  [{ kind: 'skipped', reason: 'built here' }],
  [{ kind: 'unresolved', reason: 'no answer' }],
  [{ kind: 'rejected', digest: OFFERED, reason: 'ill', at: 0 }],
])('looks for no signature where nothing is to be taken: %j', async verdict => {
  const check = vi.fn(signed);
  expect(await verdicts([resolved(verdict)], check)).toEqual([verdict]);
  expect(check).not.toHaveBeenCalled();
});

it('looks for none where none is required', async () => {
  const check = vi.fn(unsigned);
  expect(await verdicts([resolved()], check, { verify: 'off' })).toEqual([OUTDATED]);
  expect(await verdicts([resolved(OUTDATED, { verify: 'off' })], check)).toEqual([OUTDATED]);
  expect(check).not.toHaveBeenCalled();
});

it('looks once for each digest and demand, however many containers are offered it', async () => {
  const check = vi.fn(signed);
  const other = resolved(OUTDATED, { verifyKey: 'other.pub' });
  await verdicts([resolved(), resolved(), other, resolved(OUTDATED, {}, 'registry.test/other:1')], check);
  expect(
    check.mock.calls.map(([, digest, demand]) => `${digest === OFFERED} ${JSON.stringify(demand)}`),
  ).toEqual([
    'true {"kind":"key","keyFile":"cosign.pub"}',
    'true {"kind":"key","keyFile":"other.pub"}',
    'true {"kind":"key","keyFile":"cosign.pub"}',
  ]);
});

it.each<[string, () => never, string]>([
  [
    'the registry does not answer',
    () => {
      throw new RegistryError('unreachable', 'registry.test refuses connections.', { hint: 'Wait.' });
    },
    'registry.test refuses connections. Wait',
  ],
  [
    'the key cannot be read',
    () => {
      throw new SignatureError('key-unusable', 'No key.', { hint: 'Make one.' });
    },
    'No key. Make one',
  ],
])('takes nothing where %s', async (_what, fail, reason) => {
  expect(await verdicts([resolved()], async () => fail())).toEqual([{ kind: 'unresolved', reason }]);
});

it('lets a mistake of ours be seen', async () => {
  await expect(
    verdicts([resolved()], async () => {
      throw new TypeError('a mistake');
    }),
  ).rejects.toThrow('a mistake');
});

it('takes nothing where labels do not go together, and says so of what is current, too', async () => {
  for (const verdict of [OUTDATED, { kind: 'current', digest: OFFERED } as const]) {
    const [found] = await verdicts([resolved(verdict, { verify: 'keyless' })], signed);
    expect(found).toMatchObject({
      kind: 'unresolved',
      reason: expect.stringContaining('nothing says by which identity'),
    });
  }
});

it('takes nothing where the run was told to leave', async () => {
  const check = vi.fn(signed);
  expect(await verdicts([resolved()], check, KEY, AbortSignal.abort())).toEqual([
    { kind: 'unresolved', reason: 'the run was told to leave' },
  ]);
  expect(check).not.toHaveBeenCalled();
});
