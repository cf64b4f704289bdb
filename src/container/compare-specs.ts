import { isDeepStrictEqual } from 'node:util';
import type { Spec } from './carry-over.ts';
import { COMPOSE_IMAGE_LABEL } from './config-delta.ts';

/**
 * The places where two specs differ, as `HostConfig.Memory` or `Networks.backend.Aliases`: never the values,
 * which may be secrets. Empty if they say the same.
 */
export function compareSpecs(intended: Spec, found: Spec): readonly string[] {
  return [
    ...differences('Config', withoutImageLabel(intended.config), withoutImageLabel(found.config)),
    ...differences('HostConfig', intended.host, withoutChosenRuntime(found.host, intended.host)),
    ...differences('Networks', networksOf(intended), networksOf(found)),
  ];
}

/** The one label that differs on purpose: it names the image. */
function withoutImageLabel(config: Spec['config']): Record<string, unknown> {
  const { [COMPOSE_IMAGE_LABEL]: _, ...labels } = (config['Labels'] ?? {}) as Record<string, unknown>;
  return { ...config, Labels: labels };
}

/** What the engine chose by itself, because nobody had named one. */
function withoutChosenRuntime(found: Spec['host'], intended: Spec['host']): Record<string, unknown> {
  const { Runtime, ...rest } = found;
  return 'Runtime' in intended && Runtime !== undefined ? { ...rest, Runtime } : rest;
}

function networksOf(spec: Spec): Record<string, unknown> {
  const all = spec.primary === undefined ? spec.others : [spec.primary, ...spec.others];
  return Object.fromEntries(all.map(({ network, endpoint }) => [network, endpoint]));
}

function differences(place: string, a: unknown, b: unknown): readonly string[] {
  if (isDeepStrictEqual(a, b)) return [];
  if (!isRecord(a) || !isRecord(b)) return [place];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].flatMap(key => differences(`${place}.${key}`, a[key], b[key]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
