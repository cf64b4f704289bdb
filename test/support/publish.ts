import { type BuiltImage, buildIndex, DOCKER_MANIFEST, OCI_INDEX } from './image.ts';

/** A registry that images are pushed to: its host and port, and how it is logged in to. */
export interface PushTarget {
  readonly host: string;
  readonly authorization?: string;
}

/** Pushes an image of one platform (OCI distribution spec, push) under a tag. */
export async function publish(
  target: PushTarget,
  repository: string,
  tag: string,
  image: BuiltImage,
): Promise<void> {
  await pushBlobs(target, repository, image);
  await putManifest(target, repository, tag, DOCKER_MANIFEST, image.manifest);
}

/** Pushes images of several platforms and an index over them. @returns the index's digest */
export async function publishIndex(
  target: PushTarget,
  repository: string,
  tag: string,
  images: readonly BuiltImage[],
  annotations: Record<string, string> = {},
): Promise<string> {
  for (const image of images) {
    await pushBlobs(target, repository, image);
    await putManifest(target, repository, image.digest, DOCKER_MANIFEST, image.manifest);
  }
  const index = buildIndex(images, annotations);
  await putManifest(target, repository, tag, OCI_INDEX, index.bytes);
  return index.digest;
}

async function pushBlobs(target: PushTarget, repository: string, image: BuiltImage): Promise<void> {
  await putBlobs(target, repository, [...image.layers, { digest: image.id, bytes: image.config }]);
}

export async function putBlobs(
  target: PushTarget,
  repository: string,
  blobs: readonly { readonly digest: string; readonly bytes: Buffer }[],
): Promise<void> {
  for (const { digest, bytes } of blobs) {
    const known = await ask(target, 'HEAD', `/v2/${repository}/blobs/${digest}`);
    if (known.status === 200) continue;
    const begun = await ask(target, 'POST', `/v2/${repository}/blobs/uploads/`);
    const location = new URL(begun.headers.get('location') ?? '', `http://${target.host}`);
    location.searchParams.set('digest', digest);
    const done = await ask(
      target,
      'PUT',
      `${location.pathname}${location.search}`,
      bytes,
      'application/octet-stream',
    );
    if (done.status !== 201) throw new Error(`pushing ${digest} to ${target.host}: HTTP ${done.status}`);
  }
}

export async function putManifest(
  target: PushTarget,
  repository: string,
  name: string,
  type: string,
  bytes: Buffer,
): Promise<void> {
  const done = await ask(target, 'PUT', `/v2/${repository}/manifests/${name}`, bytes, type);
  if (done.status !== 201)
    throw new Error(
      `pushing ${repository}:${name} to ${target.host}: HTTP ${done.status} ${await done.text()}`,
    );
}

function ask(
  { host, authorization }: PushTarget,
  method: string,
  path: string,
  body?: Buffer,
  type?: string,
): Promise<Response> {
  const headers = {
    ...(authorization !== undefined && { authorization }),
    ...(type !== undefined && { 'content-type': type }),
  };
  return fetch(`http://${host}${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: new Uint8Array(body) }),
  });
}
