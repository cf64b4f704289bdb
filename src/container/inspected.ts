import { z } from '../base/shape.ts';

/*
 * What the engine says of containers and images (Docker Engine API 1.40 and newer), in its own JSON. Only what
 * we decide by is named here; everything else is kept as it came, because it is carried over verbatim.
 */

const text = z.string();
const maybe = <T extends z.ZodType>(shape: T) => shape.nullish();
const texts = maybe(z.array(text));
const keys = maybe(z.record(text, z.unknown()));
/** As it came: a record of zod's would be without a label that is called `__proto__`. */
const labels = maybe(
  z.custom<Record<string, string>>(
    value => typeof value === 'object' && Object.values(value ?? {}).every(each => typeof each === 'string'),
    'labels are expected to be text',
  ),
).transform(value => value ?? {});

const healthcheckShape = z.looseObject({
  Test: texts,
  Interval: maybe(z.number()),
  Timeout: maybe(z.number()),
  StartPeriod: maybe(z.number()),
  Retries: maybe(z.number()),
});

/** The part of a container's configuration that an image may give defaults for. */
export const configShape = z.looseObject({
  Image: maybe(text),
  Env: texts,
  Cmd: texts,
  Entrypoint: texts,
  Labels: labels,
  ExposedPorts: keys,
  Volumes: keys,
  MacAddress: maybe(text),
  Healthcheck: maybe(healthcheckShape),
  StopTimeout: maybe(z.number()),
});

export const restartPolicyShape = z.object({
  Name: text,
  MaximumRetryCount: maybe(z.number()).transform(value => value ?? 0),
});

const portBindingShape = z.object({ HostIp: maybe(text), HostPort: maybe(text) });

export const hostConfigShape = z.looseObject({
  NetworkMode: maybe(text),
  RestartPolicy: maybe(restartPolicyShape),
  AutoRemove: maybe(z.boolean()),
  Binds: texts,
  Mounts: maybe(z.array(z.looseObject({ Type: maybe(text), Source: maybe(text), Target: maybe(text) }))),
  VolumesFrom: texts,
  Links: texts,
  PortBindings: maybe(z.record(text, maybe(z.array(portBindingShape)))),
  PidMode: maybe(text),
  IpcMode: maybe(text),
  UTSMode: maybe(text),
  Privileged: maybe(z.boolean()),
});

export const endpointShape = z.looseObject({
  Aliases: texts,
  NetworkID: maybe(text),
  IPAddress: maybe(text),
  MacAddress: maybe(text),
});

export const mountShape = z
  .looseObject({
    Type: text,
    Name: maybe(text),
    Source: maybe(text),
    Destination: text,
    RW: maybe(z.boolean()),
    Propagation: maybe(text),
  })
  .transform(point => (point.Type === 'volume' && !point.Name ? { ...point, Name: nameIn(point) } : point));

/** Engine 28 does not name the anonymous volume of a bind; where it keeps a volume the name can be read too. */
function nameIn({ Source }: { readonly Source?: string | null | undefined }): string | undefined {
  return /\/volumes\/([0-9a-f]{64})\/_data$/.exec(Source ?? '')?.[1];
}

/** In containerd's image store: what an image was pulled, or made, as. */
const descriptorShape = maybe(z.looseObject({ digest: text }));

const healthShape = z.looseObject({
  Status: text,
  FailingStreak: maybe(z.number()),
  Log: maybe(z.array(z.looseObject({ ExitCode: maybe(z.number()), Output: maybe(text) }))),
});

export const inspectedContainerShape = z.looseObject({
  Id: text,
  Name: text,
  Image: text,
  /** The manifest for this platform, where it is known (API 1.48). */
  ImageManifestDescriptor: descriptorShape,
  RestartCount: maybe(z.number()).transform(value => value ?? 0),
  State: z.looseObject({
    Status: text,
    Running: z.boolean(),
    Paused: maybe(z.boolean()),
    Restarting: maybe(z.boolean()),
    OOMKilled: maybe(z.boolean()),
    ExitCode: maybe(z.number()),
    Error: maybe(text),
    StartedAt: maybe(text),
    Health: maybe(healthShape),
  }),
  Config: configShape,
  HostConfig: hostConfigShape,
  Mounts: maybe(z.array(mountShape)).transform(value => value ?? []),
  NetworkSettings: z.looseObject({
    Ports: maybe(z.record(text, maybe(z.array(portBindingShape)))),
    Networks: maybe(z.record(text, endpointShape)),
  }),
});

export const inspectedImageShape = z.looseObject({
  Id: text,
  RepoTags: texts,
  RepoDigests: texts,
  Descriptor: descriptorShape,
  /** Where it really comes from, whatever it is called by now (API 1.53). */
  Identity: maybe(z.looseObject({ Pull: maybe(z.array(z.looseObject({ Repository: maybe(text) }))) })),
  /** By the image's own word. */
  Created: maybe(text),
  Os: maybe(text),
  Architecture: maybe(text),
  Variant: maybe(text),
  /** What it takes on the engine's disk, in bytes. */
  Size: maybe(z.number()),
  Config: maybe(configShape).transform(value => value ?? configShape.parse({})),
});

export const containerSummaryShape = z.looseObject({
  Id: text,
  Names: maybe(z.array(text)).transform(value => value ?? []),
  Image: text,
  ImageID: text,
  Labels: labels,
  /** The manifest for this platform, where it is known (API 1.48). */
  ImageManifestDescriptor: descriptorShape,
  State: text,
  Status: maybe(text).transform(value => value ?? ''),
  HostConfig: maybe(z.looseObject({ NetworkMode: maybe(text) })),
  Ports: maybe(z.array(z.looseObject({ PublicPort: maybe(z.number()) }))),
});

export const listedImageShape = z.looseObject({ Id: text, RepoTags: texts, RepoDigests: texts });

export const listedNetworkShape = z.looseObject({ Id: text, Name: text });

/** One path of `GET /containers/{id}/changes`; `Kind` 0 is changed, 1 is added, 2 is deleted. */
export const changeShape = z.object({ Path: text, Kind: z.number() });

/** `GET /containers/{id}/json`. */
export type InspectedContainer = z.infer<typeof inspectedContainerShape>;
/** `GET /images/{name}/json`. */
export type InspectedImage = z.infer<typeof inspectedImageShape>;
/** One entry of `GET /containers/json`. */
export type ContainerSummary = z.infer<typeof containerSummaryShape>;
/** One entry of `GET /images/json`. */
export type ListedImage = z.infer<typeof listedImageShape>;
/** One entry of `GET /networks`. */
export type ListedNetwork = z.infer<typeof listedNetworkShape>;
/** One change in a container's own layer. */
export type Change = z.infer<typeof changeShape>;
export type Config = z.infer<typeof configShape>;
export type HostConfig = z.infer<typeof hostConfigShape>;
export type Endpoint = z.infer<typeof endpointShape>;
export type MountPoint = z.infer<typeof mountShape>;
export type RestartPolicy = z.infer<typeof restartPolicyShape>;

/** A container's name without the slash that the engine puts before it. */
export function nameOf(container: { readonly Name: string }): string {
  return container.Name.replace(/^\//, '');
}

/** Whether a list shows an image's id in place of its name, as it does once the tag has moved on. */
export function isShownById({ Image }: Pick<ContainerSummary, 'Image'>): boolean {
  return /^(sha256:)?[0-9a-f]{12,64}$/.test(Image);
}

/** When the engine started a container last, in its words; undefined for one that it never started. */
export function lastStart({ State }: InspectedContainer): string | undefined {
  return State.StartedAt?.startsWith('0001-') ? undefined : (State.StartedAt ?? undefined);
}

/**
 * The plain name of a listed container. The engine lists a container that others link to under several names
 * (`/web/db`); the plain one has a single slash.
 */
export function listedName(summary: ContainerSummary): string {
  const plain =
    summary.Names.find(name => name.lastIndexOf('/') === 0) ?? summary.Names[0] ?? `/${summary.Id}`;
  return plain.replace(/^\//, '');
}
