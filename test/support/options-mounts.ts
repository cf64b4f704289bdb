import fc from 'fast-check';
import { type Fields, oneOf } from './options-inherited.ts';

/* What a container has mounted, as binds and as mounts, with every option. */

const MEGA = 1024 * 1024;
const flag = fc.boolean();

const mount = (fields: Record<string, fc.Arbitrary<unknown>>, required: readonly string[]) =>
  fc.record(fields, { requiredKeys: [...required] });

/** A folder of the volume `logs`; where it is not, a container may be created and not started. */
export const SUBFOLDER = 'deep';

/** @param folder a folder on the host that may be bound */
export function mounts(folder: string): fc.Arbitrary<unknown> {
  const bind = mount(
    {
      Type: oneOf('bind'),
      Source: oneOf(folder),
      Target: oneOf('/m/bind', '/m/bind2/'),
      ReadOnly: flag,
      Consistency: oneOf('default', 'cached'),
      BindOptions: fc.record(
        {
          Propagation: oneOf('rprivate', 'private', 'private', 'rslave', 'rshared'),
          NonRecursive: flag,
          CreateMountpoint: flag,
          ReadOnlyNonRecursive: flag,
          ReadOnlyForceRecursive: oneOf(false, false, true),
        },
        { requiredKeys: [] },
      ),
    },
    ['Type', 'Source', 'Target'],
  );
  const volume = mount(
    {
      Type: oneOf('volume'),
      Source: oneOf('logs', ''),
      Target: oneOf('/m/volume', '/va'),
      ReadOnly: flag,
      VolumeOptions: fc.record(
        {
          NoCopy: flag,
          Labels: oneOf({ kept: 'yes' }),
          DriverConfig: oneOf({ Name: 'local' }, { Name: 'local', Options: {} }),
          Subpath: oneOf(SUBFOLDER),
        },
        { requiredKeys: [] },
      ),
    },
    ['Type', 'Target'],
  );
  const tmpfs = mount(
    {
      Type: oneOf('tmpfs'),
      Target: oneOf('/m/tmpfs'),
      TmpfsOptions: fc.record(
        { SizeBytes: oneOf(MEGA), Mode: oneOf(0o700), Options: oneOf([['noexec']], [['uid', '1000']]) },
        { requiredKeys: [] },
      ),
    },
    ['Type', 'Target'],
  );
  const selector = ({ Target }: Fields) => Target;
  return fc.uniqueArray(fc.oneof(bind, volume, tmpfs) as fc.Arbitrary<Fields>, {
    minLength: 1,
    maxLength: 3,
    selector,
  });
}

export function binds(folder: string): fc.Arbitrary<unknown> {
  return fc.subarray(
    [
      `${folder}:/b/plain`,
      `${folder}:/b/options:ro,rslave`,
      `${folder}:/b/slash/:rw`,
      `${folder}:/b/private:private,ro`,
      `${folder}:/b/shared:rshared`,
      `${folder}:/b/labelled:z`,
      'data:/b/named',
      'data:/b/again:ro,nocopy',
      '/b/anonymous',
    ],
    { minLength: 1 },
  );
}
