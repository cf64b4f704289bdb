import type { z } from '../base/shape.ts';
import { inspectedContainerShape, inspectedImageShape } from '../container/inspected.ts';
import { familiarName, familiarRepository } from '../image/reference.ts';
import type { DockerHost } from './docker-host.ts';
import type { Engine, EngineIdentity } from './engine.ts';
import { type EngineCall, openEngineCalls } from './engine-call.ts';
import { EngineError } from './engine-error.ts';
import {
  anything,
  changesShape,
  containerListShape,
  createdShape,
  eventsShape,
  imageListShape,
  infoShape,
  versionShape,
} from './engine-shapes.ts';
import {
  containerFromPodman,
  imageFromPodman,
  imagesFromPodman,
  listFromPodman,
  PODMAN_TRAITS,
  podmanImageShape,
} from './podman.ts';
import { pullImage } from './pull-image.ts';
import { PULL_SILENCE } from './pull-stream.ts';

const SECOND = 1000;

/** How long the engine is waited for, in milliseconds. */
export interface EngineDeadlines {
  readonly read: number;
  readonly write: number;
  /** Creating and starting may wait for slow disks, volume drivers and networks. */
  readonly slowWrite: number;
  /** How long it may say nothing during a pull. */
  readonly pullSilence: number;
}

const DEADLINES: EngineDeadlines = {
  read: 30 * SECOND,
  write: 60 * SECOND,
  slowWrite: 120 * SECOND,
  pullSilence: PULL_SILENCE,
};

/**
 * Opens the Docker Engine at that host. No API version is asked for, so the engine answers in its newest: the
 * same for what is read and what is written, which is what keeps fields from being dropped on the way.
 * Paths and statuses: Docker Engine API 1.40 to 1.51.
 */
export async function openDockerEngine(host: DockerHost, deadlines = DEADLINES): Promise<Engine> {
  const { call, stream } = await openEngineCalls(host);
  const { get, post, remove } = requestsWithin(deadlines);
  const podmanImage = (id: string) =>
    call(get(`/v4.0.0/libpod/images/${id}/json`, `inspect image ${id}`, podmanImageShape));
  return {
    identify: () => identify(call, get, host),

    listContainers: () =>
      call({
        ...get('/containers/json', 'list the containers', containerListShape),
        query: { all: true },
        fromPodman: listFromPodman,
      }),

    inspectContainer: container =>
      absentIfNone(
        call({
          ...get(
            `/containers/${encodeURIComponent(container)}/json`,
            `inspect container ${container}`,
            inspectedContainerShape,
          ),
          fromPodman: containerFromPodman,
        }),
      ),

    inspectImage: image =>
      absentIfNone(
        call({
          ...get(`/images/${inPath(image)}/json`, `inspect image ${image}`, inspectedImageShape),
          fromPodman: async found => imageFromPodman(found, await podmanImage(found.Id)),
        }),
      ),

    listImages: () =>
      call({ ...get('/images/json', 'list the images', imageListShape), fromPodman: imagesFromPodman }),

    changesOf: async container => {
      const request = get(
        `/containers/${encodeURIComponent(container)}/changes`,
        `compare ${container} with its image`,
        changesShape,
      );
      return (await absentIfNone(call(request))) ?? [];
    },

    eventsSince: async since => {
      const events = await call({
        ...get('/events', 'tell what happened', eventsShape),
        // An end makes the engine tell what it remembers, and close. Podman takes whole seconds alone.
        query: { since: Math.floor(since / SECOND), until: Math.ceil(Date.now() / SECOND) },
        lines: true,
      });
      return events.filter(({ at }) => at >= since);
    },

    pullImage: (pull, onProgress, signal) =>
      pullImage(stream, deadlines.pullSilence, pull, onProgress, signal),

    tagImage: async (image, reference) => {
      const query = { repo: familiarRepository(reference), tag: reference.tag ?? 'latest' };
      await call({
        ...post(`/images/${inPath(image)}/tag`, `tag ${image} as ${familiarName(reference)}`, [201]),
        query,
      });
    },

    removeImage: async image => {
      await absentIfNone(call(remove(`/images/${inPath(image)}`, `remove image ${image}`, [200, 409])));
    },

    createContainer: async (name, body, platform) => {
      const query = platform === undefined ? { name } : { name, platform };
      const request = post(
        '/containers/create',
        `create container ${name}`,
        [201],
        createdShape,
        deadlines.slowWrite,
      );
      await call({ ...request, query, body });
    },

    removeVolume: async volume => {
      await absentIfNone(
        call(remove(`/volumes/${encodeURIComponent(volume)}`, `remove volume ${volume}`, [204, 409])),
      );
    },

    connectNetwork: async (network, container, endpoint) => {
      const request = post(
        `/networks/${encodeURIComponent(network)}/connect`,
        `connect ${container} to network ${network}`,
        [200],
      );
      await call({ ...request, body: { Container: container, EndpointConfig: endpoint } });
    },

    setRestartPolicy: async (container, policy) => {
      const request = post(
        `/containers/${encodeURIComponent(container)}/update`,
        `set the restart policy of ${container}`,
        [200],
      );
      await call({ ...request, body: { RestartPolicy: policy } });
    },

    stopContainer: async (container, grace) => {
      const request = post(
        `/containers/${encodeURIComponent(container)}/stop`,
        `stop container ${container}`,
        [204, 304],
      );
      await call({ ...request, query: { t: grace }, deadline: grace * SECOND + deadlines.read });
    },

    startContainer: async container => {
      await call(
        post(
          `/containers/${encodeURIComponent(container)}/start`,
          `start container ${container}`,
          [204, 304],
          anything,
          deadlines.slowWrite,
        ),
      );
    },

    renameContainer: async (container, name) => {
      await call({
        ...post(
          `/containers/${encodeURIComponent(container)}/rename`,
          `rename container ${container} to ${name}`,
          [204],
        ),
        query: { name },
      });
    },

    removeContainer: async container => {
      await absentIfNone(
        call(remove(`/containers/${encodeURIComponent(container)}`, `remove container ${container}`, [204])),
      );
    },
  };
}

/** An image's name with the slashes and marks that the engine wants to see as they are. */
function inPath(image: string): string {
  return encodeURIComponent(image).replace(/%(2F|3A|40)/g, decodeURIComponent);
}

/** The kinds of requests, each with the time that it gets. */
function requestsWithin({ read, write }: EngineDeadlines) {
  return {
    get: <T>(path: string, operation: string, shape: z.ZodType<T>) =>
      ({ method: 'GET', path, accept: [200], shape, operation, deadline: read }) as const,
    post: (
      path: string,
      operation: string,
      accept: readonly number[],
      shape: z.ZodType = anything,
      deadline = write,
    ) => ({ method: 'POST', path, accept, shape, operation, deadline }) as const,
    remove: (path: string, operation: string, accept: readonly number[]) =>
      ({ method: 'DELETE', path, accept, shape: anything, operation, deadline: write }) as const,
  };
}

type Get = ReturnType<typeof requestsWithin>['get'];

async function absentIfNone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof EngineError && error.code === 'not-found') return undefined;
    throw error;
  }
}

async function identify(call: EngineCall, get: Get, host: DockerHost): Promise<EngineIdentity> {
  const [info, version] = await Promise.all([
    call(get('/info', 'describe itself', infoShape)),
    call(get('/version', 'tell its version', versionShape)),
  ]);
  // It makes up another id for every answer.
  const isPodman = version.Components?.some(({ Name }) => Name === 'Podman Engine');
  const indexes = Object.entries(info.RegistryConfig?.IndexConfigs ?? {});
  return {
    id: info.ID,
    ...(isPodman && { id: `podman ${info.Name} ${info.DockerRootDir}`, ...PODMAN_TRAITS }),
    version: version.Version,
    apiVersion: version.ApiVersion,
    platform: { os: info.OSType, architecture: info.Architecture },
    hostname: info.Name,
    logDriver: info.LoggingDriver || 'json-file',
    address: host.address,
    insecureRegistries: [
      ...(info.RegistryConfig?.InsecureRegistryCIDRs ?? []),
      ...indexes.filter(([, index]) => index.Secure === false).map(([name]) => name),
    ],
  };
}
