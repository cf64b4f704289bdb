import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type EngineApi, engineApi } from './engine-api.ts';
import type { BuiltImage } from './image.ts';
import { publish } from './publish.ts';
import { type RegistryServer, startRegistry } from './registry-server.ts';
import { buildService, type ServiceOptions } from './service-image.ts';

/** What a command said and how it ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Settings that make proofs quick, and say nothing of how old the images of tests are; all else is as users have it. */
export const QUICK = {
  REFRESHD_STABLE_FOR: '1s',
  REFRESHD_HEALTH_TIMEOUT: '8s',
  REFRESHD_WATCH: 'all',
  REFRESHD_STALE_AFTER: 'off',
};
export const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** The socket of the engine that the tests run on. */
export function engineSocket(): string {
  return process.env['SANDBOX_SOCKET'] ?? '/var/run/docker.sock';
}

/** One registry, one home, and the containers of one test file on the shared engine. */
export class Lab {
  readonly registry: RegistryServer;
  readonly home: string;
  readonly api: EngineApi;
  readonly socket: string;
  readonly #folder: string;

  private constructor(registry: RegistryServer, folder: string, socket: string) {
    this.registry = registry;
    this.socket = socket;
    this.api = engineApi(socket);
    this.#folder = folder;
    this.home = join(folder, 'home');
    mkdirSync(this.home);
  }

  static async open(socket = engineSocket()): Promise<Lab> {
    return new Lab(await startRegistry(), mkdtempSync(join(tmpdir(), 'refreshd-lab-')), socket);
  }

  /**
   * Removes every container, image, network and volume there is: the engine is ours alone.
   * @param except the name of a container that stays, with its image
   */
  async clear(except?: string): Promise<void> {
    for (const { Id, Names } of (await this.api('GET', '/containers/json?all=1')).body)
      if (Names[0] !== `/${except}`) await this.api('DELETE', `/containers/${Id}?force=1&v=1`);
    for (const { Id } of (await this.api('GET', '/images/json?all=1')).body)
      await this.api('DELETE', `/images/${Id}?force=1`);
    await this.api('POST', '/networks/prune');
    for (const { Name } of (await this.api('GET', '/volumes')).body.Volumes ?? [])
      await this.api('DELETE', `/volumes/${Name}?force=1`);
    rmSync(this.home, { recursive: true, force: true });
    mkdirSync(this.home);
    this.registry.misbehave = undefined;
    this.registry.forget();
  }

  async close(): Promise<void> {
    await this.clear();
    await this.registry.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The reference of a repository in this lab's registry. */
  reference(repository = 'app', tag = 'latest'): string {
    return `${this.registry.host}/${repository}:${tag}`;
  }

  /** Builds a version of the test service and publishes it. */
  async publish(options: ServiceOptions, repository = 'app', tag = 'latest'): Promise<BuiltImage> {
    const image = await buildService(options);
    await publish(this.registry, repository, tag, image);
    return image;
  }

  /** Pulls as a person would. */
  async pull(reference = this.reference()): Promise<void> {
    const { status, body } = await this.api(
      'POST',
      `/images/create?fromImage=${encodeURIComponent(reference)}`,
    );
    if (status !== 200 || String(JSON.stringify(body)).includes('errorDetail'))
      throw new Error(`pulling ${reference}: ${JSON.stringify(body)}`);
  }

  /** Creates a container as a person would, and starts it. @returns its id */
  async run(name: string, body: Record<string, unknown> = {}, start = true): Promise<string> {
    const created = await this.api('POST', `/containers/create?name=${name}`, {
      Image: this.reference(),
      ...body,
    });
    if (created.status !== 201) throw new Error(`creating ${name}: ${JSON.stringify(created.body)}`);
    if (start) {
      const started = await this.api('POST', `/containers/${name}/start`);
      if (started.status !== 204) throw new Error(`starting ${name}: ${JSON.stringify(started.body)}`);
    }
    return created.body.Id;
  }

  // biome-ignore lint/suspicious/noExplicitAny: looked at freely
  async inspect(container: string): Promise<any> {
    return (await this.api('GET', `/containers/${container}/json`)).body;
  }

  /** The id of the image that a name points at; undefined if there is none. */
  async imageId(name = this.reference()): Promise<string | undefined> {
    const { status, body } = await this.api('GET', `/images/${name}/json`);
    return status === 200 ? body.Id : undefined;
  }

  /** The names of all containers there are. */
  async names(): Promise<string[]> {
    const { body } = await this.api('GET', '/containers/json?all=1');
    return body.map(({ Names }: { Names: string[] }) => (Names[0] ?? '').slice(1)).sort();
  }

  writeSettings(settings: Record<string, string>): void {
    writeFileSync(
      join(this.home, 'refreshd.env'),
      Object.entries(settings)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    );
  }

  log(): string {
    return readFileSync(join(this.home, 'logs/update.log'), 'utf8');
  }

  /** Starts the built command in this lab's home. */
  spawn(args: readonly string[], environment: Record<string, string> = {}): ChildProcess {
    return spawn(process.execPath, [MAIN, ...args, '--home', this.home], {
      env: {
        PATH: process.env['PATH'],
        HOME: this.#folder,
        DOCKER_HOST: `unix://${this.socket}`,
        ...QUICK,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Runs the built command to its end. */
  async refreshd(args: readonly string[], environment: Record<string, string> = {}): Promise<CommandResult> {
    return resultOf(this.spawn(args, environment));
  }
}

export async function resultOf(child: ChildProcess): Promise<CommandResult> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', chunk => {
    stdout += chunk;
  });
  child.stderr?.on('data', chunk => {
    stderr += chunk;
  });
  const code = await new Promise<number | null>(resolve => child.on('close', resolve));
  return { code, stdout, stderr };
}

/** What an address answers; undefined if nothing does. */
export async function answerOf(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    return `${response.status} ${await response.text()}`;
  } catch {
    return undefined;
  }
}

/** Waits until something is so. */
export async function until(
  what: string,
  condition: () => Promise<boolean> | boolean,
  patience = 15_000,
): Promise<void> {
  const end = Date.now() + patience;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await sleep(50);
  }
}
