import type { EngineSurroundings } from './engine.ts';
import type { EngineCall } from './engine-call.ts';
import type { Get } from './engine-requests.ts';
import { surroundingsShape, versionShape } from './engine-shapes.ts';
import { isPodmanVersion } from './podman.ts';

/** Where containerd keeps images, if the engine leaves them to one that is not its own (containerd, config.toml). */
const CONTAINERD_ROOT = '/var/lib/containerd';

/** Asks an engine where and how it runs. @throws EngineError */
export async function describe(call: EngineCall, get: Get): Promise<EngineSurroundings> {
  const [info, version] = await Promise.all([
    call(get('/info', 'describe itself', surroundingsShape)),
    call(get('/version', 'tell its version', versionShape)),
  ]);
  const time = Date.parse(info.SystemTime ?? '');
  const hasContainerd = (info.DriverStatus ?? []).some(
    ([key, value = '']) => key === 'driver-type' && value.startsWith('io.containerd.'),
  );
  return {
    product: isPodmanVersion(version) ? 'Podman' : 'Docker',
    isRootless: (info.SecurityOptions ?? []).some(option => option.split(',').includes('name=rootless')),
    isDesktop: info.OperatingSystem === 'Docker Desktop',
    hostname: info.Name,
    dataRoots: [
      ...(info.DockerRootDir ? [info.DockerRootDir] : []),
      ...(hasContainerd ? [CONTAINERD_ROOT] : []),
    ],
    time: Number.isNaN(time) ? undefined : time,
  };
}
