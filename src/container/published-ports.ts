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
