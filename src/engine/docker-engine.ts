import { inspectedContainerShape, inspectedImageShape } from '../container/inspected.ts';
import { familiarName, familiarRepository } from '../image/reference.ts';
import { describe } from './describe.ts';
import type { DockerHost } from './docker-host.ts';
import type { Engine, Inspector } from './engine.ts';
import { type EngineCall, openEngineCalls } from './engine-call.ts';
import { EngineError } from './engine-error.ts';
import { DEADLINES, requestsWithin, SECOND } from './engine-requests.ts';
import {
  anything,
  changesShape,
  clockShape,
  containerListShape,
  createdShape,
  distributionShape,
  eventsShape,
  imageListShape,
  networkListShape,
  removedImageShape,
  updatedShape,
} from './engine-shapes.ts';
import { startOnFreePort } from './held-port.ts';
import { identify } from './identify.ts';
import {
  containerFromPodman,
  imageFromPodman,
  imagesFromPodman,
  inWholeSeconds,
  listFromPodman,
  podmanImageShape,
} from './podman.ts';
import { pullImage } from './pull-image.ts';

/**
 * Opens the Docker Engine at that host. No API version is asked for, so the engine answers in its newest: the
 * same for what is read and what is written, which is what keeps fields from being dropped on the way.
 * Paths and statuses: Docker Engine API 1.40 to 1.51.
 */
export async function openDockerEngine(host: DockerHost, deadlines = DEADLINES): Promise<Engine> {
  const { call, stream, manyReads } = await openEngineCalls(host);
  const { get, post, remove } = requestsWithin(deadlines);
  const inspector = (ask: EngineCall): Inspector => {
    const podmanImage = (id: string) =>
      ask(get(`/v4.0.0/libpod/images/${id}/json`, `inspect image ${id}`, podmanImageShape));
    return {
      inspectContainer: container =>
        absentIfNone(
          ask({
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
          ask({
            ...get(`/images/${inPath(image)}/json`, `inspect image ${image}`, inspectedImageShape),
            fromPodman: async found => imageFromPodman(found, await podmanImage(found.Id)),
          }),
        ),
    };
  };
  return {
    identify: () => identify(call, get, host),
    describe: () => describe(call, get),

    listContainers: () =>
      call({
        ...get('/containers/json', 'list the containers', containerListShape),
        query: { all: true },
        fromPodman: listFromPodman,
      }),

    ...inspector(call),
    lookAtMany: look => manyReads(ask => look(inspector(ask))),

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
      // An end in the past, by the engine's own clock, makes it tell what it remembers, and close.
      const { SystemTime: now } = await call({
        ...get('/info', 'tell the time', clockShape),
        fromPodman: inWholeSeconds,
      });
      const events = await call({
        ...get('/events', 'tell what happened', eventsShape),
        query: { since: Math.floor(since / SECOND), until: Date.parse(now) / SECOND },
        lines: true,
      });
      return events.filter(({ at }) => at >= since);
    },

    distribution: (reference, credentials) => {
      const name = familiarName(reference);
      return call({
        ...get(`/distribution/${inPath(name)}/json`, `ask what ${name} is`, distributionShape),
        credentials,
      });
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
      const request = remove(`/images/${inPath(image)}`, `remove image ${image}`, [200, 409]);
      await absentIfNone(call({ ...request, shape: removedImageShape }));
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

    listNetworks: () => call(get('/networks', 'list the networks', networkListShape)),

    disconnectNetwork: async (network, container) => {
      const request = post(
        `/networks/${encodeURIComponent(network)}/disconnect`,
        `disconnect ${container} from network ${network}`,
        [200],
      );
      await call({ ...request, body: { Container: container, Force: true } });
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
        updatedShape,
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

    startContainer: container =>
      startOnFreePort(() =>
        call(
          post(
            `/containers/${encodeURIComponent(container)}/start`,
            `start container ${container}`,
            [204, 304],
            anything,
            deadlines.slowWrite,
          ),
        ),
      ),

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

    removeContainer: async (container, withVolumes = false) => {
      const request = remove(
        `/containers/${encodeURIComponent(container)}`,
        `remove container ${container}`,
        [204],
      );
      try {
        await absentIfNone(call({ ...request, ...(withVolumes && { query: { v: true } }) }));
        return 'gone';
      } catch (error) {
        if (error instanceof EngineError && UNDER_WAY.test(error.message)) return 'going';
        throw error;
      }
    },
  };
}

/** In the engine's words (moby, daemon/delete.go). */
const UNDER_WAY = /removal of container \S+ is already in progress/;

/** An image's name with the slashes and marks that the engine wants to see as they are. */
function inPath(image: string): string {
  return encodeURIComponent(image).replace(/%(2F|3A|40)/g, decodeURIComponent);
}

async function absentIfNone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof EngineError && error.code === 'not-found') return undefined;
    throw error;
  }
}
