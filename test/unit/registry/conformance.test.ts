import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { sentenceOf } from '../../../src/base/failure.ts';
import { openHttpClient } from '../../../src/base/http.ts';
import { openSecrets } from '../../../src/base/secrets.ts';
import { parseReference } from '../../../src/image/reference.ts';
import type { Registry } from '../../../src/registry/registry.ts';
import { openRegistry } from '../../../src/registry/registry-client.ts';
import { RegistryError } from '../../../src/registry/registry-error.ts';
import { AMD64 } from '../../support/bad-answers/answers.ts';
import type { BadAnswer } from '../../support/bad-answers/bad-answer.ts';
import { BAD_ANSWERS, ODD_ANSWERS } from '../../support/bad-answers/bad-answers.ts';
import { type CrookedRegistries, openCrookedRegistries } from '../../support/crooked-registry.ts';
import { handClock } from '../../support/hand-clock.ts';
import { type BuiltImage, buildImage, buildLayer } from '../../support/image.ts';
import { publish } from '../../support/publish.ts';
import { silentLog } from '../../support/silent-log.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** Milliseconds that one is waited for who takes as long as he may; else it is many seconds, as users have it. */
const PATIENCE = 400;
/** What may be taken of an endless answer: three times our limit, and what the kernel keeps on its way. */
const MOST_BYTES = 32 * 1024 * 1024;
const LOGIN = 'conformance:s3cret-of-the-login';

let registries: CrookedRegistries;
let image: BuiltImage;
const held: string[] = [];
beforeAll(async () => {
  registries = await openCrookedRegistries();
  image = buildImage([await buildLayer([{ path: 'hello', content: 'hello' }])], { Cmd: ['/hello'] });
  for (const repository of ['bad/app', 'good/app'])
    await publish(registries.good, repository, 'latest', image);
  registries.turnCrooked(image);
});
afterAll(async () => {
  await registries.close();
  const tried = [...BAD_ANSWERS.values()].flat().length;
  process.stdout.write(`Registry conformance: ${held.length} of ${tried} bad answers held.\n`);
});

/** A client as users have it, but for its patience; whoever it asks has its login. */
function openClient(host: string, answer?: BadAnswer): Registry {
  const folder = tempFolder();
  const auths = answer?.login ? { [host]: { auth: Buffer.from(LOGIN).toString('base64') } } : {};
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths }));
  const isTrusted = answer !== undefined && 'tls' in answer && answer.tls.trusted;
  const registry = openRegistry({
    environment: { DOCKER_CONFIG: folder },
    clock: { ...handClock(), sleep: async () => undefined },
    insecureRegistries: [],
    challenges: new Map(),
    connectionsPerHost: 2,
    secrets: openSecrets(),
    log: silentLog(),
    openHttp: options => {
      const client = openHttpClient({ ...options, ...(isTrusted && { tls: { ca: [answer.tls.cert] } }) });
      const send: typeof client.send = request =>
        client.send(
          answer?.isSlow && request.url.host === host ? { ...request, timeout: PATIENCE } : request,
        );
      return { ...client, send };
    },
  });
  onTestFinished(() => registry.close());
  return registry;
}

/** Asks as a run does: for the digest, and for what it means here. */
async function ask(registry: Registry, name: string) {
  const reference = parseReference(name);
  if (reference === undefined) throw new Error(`${name} is no reference`);
  const digest = await registry.offeredDigest(reference);
  return registry.platformImage(reference, digest, AMD64);
}

/** One line that a tired person can read, and that no program can be harmed by. */
function expectSentence(error: unknown, host: string, { code, says }: BadAnswer): void {
  expect(error).toBeInstanceOf(RegistryError);
  const sentence = sentenceOf(error).replaceAll(host, 'HOST');
  expect(sentence).toMatch(says);
  expect((error as RegistryError).code).toBe(code);
  expect(sentence).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/);
  expect(sentence).not.toMatch(
    /s3cret|good-token|(?<!received )(undefined|null)\b|\[object|Error:| {2}|\.\.$/,
  );
  expect(sentence).toMatch(/^\S.+[.?!]$/);
  expect(sentence.length).toBeLessThan(480);
}

for (const [theme, answers] of BAD_ANSWERS) {
  describe.concurrent(`bad answers: ${theme}`, () => {
    it.each(answers)('$name', async answer => {
      const crooked = await registries.open(answer);
      const registry = openClient(crooked.host, answer);
      const bad = ask(registry, `${crooked.host}/bad/app:latest`).then(
        () => undefined,
        error => error,
      );
      const others = [registries.good.host, ...(answer.isDown ? [] : [crooked.host])];
      const wanted = { manifest: image.digest, config: image.id };
      for (const host of others)
        expect(await ask(registry, `${host}/good/app:latest`), host).toMatchObject(wanted);
      expectSentence(await bad, crooked.host, answer);
      expect(crooked.sent()).toBeLessThan(MOST_BYTES);
      expect(registries.strayed()).toEqual([]);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      held.push(answer.name);
    });
  });
}

describe.concurrent('odd answers that are good', () => {
  it.each(ODD_ANSWERS)('$name', async answer => {
    const crooked = await registries.open(answer);
    const found = await ask(openClient(crooked.host), `${crooked.host}/bad/app:latest`);
    expect(found.config).toBe(image.id);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('the suite', () => {
  it('has many bad answers, each of them once', () => {
    const names = [...BAD_ANSWERS.values()].flat().map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(200);
    expect(new Set(names).size).toBe(names.length);
  });
});
