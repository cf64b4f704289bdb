import { DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST, serving, servingFor } from './answers.ts';
import type { BadAnswer, OddAnswer } from './bad-answer.ts';

const HEX = 'ab'.repeat(32);
const CONFIG = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: `sha256:${HEX}`, size: 2 };
const MANIFEST = { schemaVersion: 2, mediaType: OCI_MANIFEST, config: CONFIG, layers: [] };
const NOT_UNDERSTOOD =
  /^HOST gave no usable answer for HOST\/bad\/app:latest: its manifest is not understood: /;

const shape = (name: string, body: unknown, says = NOT_UNDERSTOOD): BadAnswer => ({
  name: `a manifest ${name}`,
  code: 'garbage',
  says,
  http: serving(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)),
});

const typed = (name: string, type: string, said = type): BadAnswer => ({
  name: `a manifest that calls itself ${name}`,
  code: 'garbage',
  says: new RegExp(`: it answered with ${said.replaceAll(/[.+*]/g, '\\$&')} instead of a manifest\\.`),
  http: serving(JSON.stringify(MANIFEST), type),
});

const signature = [{ header: { alg: 'ES256' }, signature: 'x', protected: 'y' }];

/** Manifests that are none, each under its own digest. */
export const MANIFEST_SHAPES: readonly BadAnswer[] = [
  shape('that is empty', '', /: its manifest is not understood: it is empty\./),
  shape('of blanks', ' \r\n\t', /: its manifest is not understood: it is empty\./),
  shape('that is a page', '<html><body>Please log in</body></html>', /: it is not JSON\./),
  shape('cut in the middle', JSON.stringify(MANIFEST).slice(0, -9), /: it is not JSON\./),
  shape('with something after it', `${JSON.stringify(MANIFEST)}<!-- proxy -->`, /: it is not JSON\./),
  shape('in UTF-16', Buffer.from(JSON.stringify(MANIFEST), 'utf16le'), /: it is not JSON\./),
  shape('of zeros', Buffer.alloc(1000), /: it is not JSON\./),
  shape('that is a list', [MANIFEST]),
  shape('that is null', null),
  shape('that is a number', 7),
  shape('that is a string', 'manifest'),
  shape('that is an empty object', {}),
  shape('without a configuration', { ...MANIFEST, config: undefined }),
  shape('whose configuration is a list', { ...MANIFEST, config: [CONFIG] }),
  shape('without layers', { ...MANIFEST, layers: undefined }),
  shape('whose layers are an object', { ...MANIFEST, layers: { 0: CONFIG } }),
  shape('whose configuration has no digest', { ...MANIFEST, config: { size: 2 } }),
  shape('whose configuration has a malformed digest', { ...MANIFEST, config: { ...CONFIG, digest: 'x' } }),
  shape('with a layer of a negative size', { ...MANIFEST, layers: [{ ...CONFIG, size: -1 }] }),
  shape('with a layer of a size that is text', { ...MANIFEST, layers: [{ ...CONFIG, size: '2' }] }),
  shape('with a layer of half a byte', { ...MANIFEST, layers: [{ ...CONFIG, size: 0.5 }] }),
  shape('with a layer of more bytes than can be counted', {
    ...MANIFEST,
    layers: [{ ...CONFIG, size: 1e300 }],
  }),
  shape('with a layer of endless size', JSON.stringify(MANIFEST).replace('"size":2', '"size":1e999')),
  shape('that is an image and an index at once', { ...MANIFEST, manifests: [] }),
  shape('in a key that pollutes', `{"__proto__":${JSON.stringify(MANIFEST)}}`),
  shape('in a constructor that pollutes', {
    constructor: { prototype: MANIFEST },
    layers: [],
  }),
  shape('of a hundred thousand lists in one another', `${'['.repeat(100_000)}${']'.repeat(100_000)}`),
  shape('whose layers lie a hundred thousand deep', `{"layers":${'['.repeat(1e5)}${']'.repeat(1e5)}}`),
  shape('with a hundred thousand layers of nonsense', {
    ...MANIFEST,
    layers: Array.from({ length: 100_000 }, () => 1),
  }),
  shape('of schema 1', {
    schemaVersion: 1,
    name: 'bad/app',
    fsLayers: [],
    history: [],
    signatures: signature,
  }),
  typed('one of schema 1', 'application/vnd.docker.distribution.manifest.v1+prettyjws'),
  typed('plain JSON', 'application/json'),
  typed('a page', 'text/html; charset=utf-8', 'text/html'),
  typed('bytes', 'application/octet-stream'),
  typed('an image manifest beside something else', `${OCI_MANIFEST}, text/html`),
  typed('something very long', `application/${'x'.repeat(5000)}`, `application/${'x'.repeat(47)}…`),
];

/** What is no reason to refuse one. */
export const ODD_MANIFESTS: readonly OddAnswer[] = [
  {
    name: 'a type in capital letters with parameters',
    http: same(`${DOCKER_MANIFEST.toUpperCase()} ; charset=UTF-8`),
  },
  { name: 'another type than the manifest’s own', http: same(OCI_INDEX) },
  {
    name: 'keys that pollute beside the good ones',
    http: servingFor(({ id }) => `{"__proto__":{"polluted":1},"constructor":1,${withConfig(id)}}`),
  },
  {
    name: 'keys that come twice, of which the last one counts',
    http: servingFor(({ id }) => `{"layers":7,"config":null,${withConfig(id)}}`),
  },
  {
    name: 'four thousand layers',
    http: servingFor(({ id }) => {
      const layer = { digest: `sha256:${HEX}`, size: 0 };
      return JSON.stringify({ config: { ...CONFIG, digest: id }, layers: Array(4000).fill(layer) });
    }),
  },
];

function same(type: string) {
  return servingFor(({ manifest }) => manifest.toString(), type);
}

function withConfig(id: string): string {
  return `"schemaVersion":2,"config":${JSON.stringify({ ...CONFIG, digest: id })},"layers":[]`;
}
