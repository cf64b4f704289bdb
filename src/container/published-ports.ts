import type { InspectedContainer } from './inspected.ts';

/** The ports, as in `8080/tcp`, that the engine has published for a running container. */
export function publishedPorts(container: InspectedContainer): readonly string[] {
  return Object.entries(container.NetworkSettings.Ports ?? {})
    .filter(([, bindings]) => (bindings?.length ?? 0) > 0)
    .map(([port]) => port);
}

/** Those of them that the user asked for by number; others come and go with what the image exposes. */
export function boundPorts(container: InspectedContainer): readonly string[] {
  const wanted = container.HostConfig.PortBindings ?? {};
  return publishedPorts(container).filter(port => (wanted[port]?.length ?? 0) > 0);
}

/** A port published on every address of the host. */
const ANY_ADDRESS = new Set(['', '0.0.0.0', '::']);

/**
 * Where a port of a running container, as in `8080/tcp`, is reached: `127.0.0.1:8080`; undefined if it is not published.
 * @param engineAddress where ports are reached that are published on every address
 */
export function publishedAddress(
  container: InspectedContainer,
  port: string,
  engineAddress: string,
): string | undefined {
  const [binding] = container.NetworkSettings.Ports?.[port] ?? [];
  if (!binding?.HostPort) return undefined;
  const host = ANY_ADDRESS.has(binding.HostIp ?? '') ? engineAddress : (binding.HostIp ?? engineAddress);
  return `${bracketed(host)}:${binding.HostPort}`;
}

/** A host as it is written before a port. */
export function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
