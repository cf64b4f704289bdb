import { z } from '../base/shape.ts';
import {
  changeShape,
  containerSummaryShape,
  listedImageShape,
  listedNetworkShape,
} from '../container/inspected.ts';
import { parseDigest } from '../image/digest.ts';
import type { Distribution } from './engine.ts';

/** `GET /info`, as far as we read it. */
export const infoShape = z.looseObject({
  ID: z.string().min(1),
  Name: z.string(),
  OSType: z.string(),
  /** As the kernel says it: `x86_64`, `armv6l`. */
  Architecture: z.string(),
  LoggingDriver: z.string().nullish(),
  DockerRootDir: z.string().nullish(),
  RegistryConfig: z
    .looseObject({
      InsecureRegistryCIDRs: z.array(z.string()).nullish(),
      Mirrors: z.array(z.string()).nullish(),
      IndexConfigs: z
        .record(
          z.string(),
          z.looseObject({ Secure: z.boolean().nullish(), Mirrors: z.array(z.string()).nullish() }),
        )
        .nullish(),
    })
    .nullish(),
});

/** `GET /info`, for where and how the engine runs. */
export const surroundingsShape = z.looseObject({
  Name: z.string(),
  OperatingSystem: z.string().nullish(),
  DockerRootDir: z.string().nullish(),
  SystemTime: z.string().nullish(),
  /** As in `name=rootless`. */
  SecurityOptions: z.array(z.string()).nullish(),
  /** Pairs; containerd's image store says so under `driver-type`. */
  DriverStatus: z.array(z.array(z.string())).nullish(),
});

/** `GET /distribution/{name}/json`. */
export const distributionShape = z
  .looseObject({
    Descriptor: z.looseObject({ digest: z.string() }),
    Platforms: z
      .array(
        z.looseObject({
          os: z.string().nullish(),
          architecture: z.string().nullish(),
          variant: z.string().nullish(),
        }),
      )
      .nullish(),
  })
  .transform(({ Descriptor, Platforms }, context): Distribution => {
    const digest = parseDigest(Descriptor.digest);
    if (digest === undefined) {
      context.addIssue({ code: 'custom', message: 'not a digest', path: ['Descriptor', 'digest'] });
      return z.NEVER;
    }
    const platforms = (Platforms ?? []).flatMap(({ os, architecture, variant }) =>
      os && architecture ? [{ os, architecture, variant: variant ?? undefined }] : [],
    );
    return { digest, platforms };
  });

/** `GET /info`, for what time it is there. */
export const clockShape = z.looseObject({
  SystemTime: z.string().refine(text => !Number.isNaN(Date.parse(text)), 'not a time'),
});

/** `GET /version`, as far as we read it. */
export const versionShape = z.looseObject({
  Version: z.string(),
  ApiVersion: z.string(),
  Components: z.array(z.looseObject({ Name: z.string() })).nullish(),
});

export const containerListShape = z.array(containerSummaryShape);
export const imageListShape = z.array(listedImageShape);
export const networkListShape = z.array(listedNetworkShape);
/** The engine says null where nothing was changed. */
export const changesShape = z
  .array(changeShape)
  .nullish()
  .transform(changes => changes ?? []);
/** Lines of `GET /events`. */
export const eventsShape = z
  .array(
    z.looseObject({
      timeNano: z.number(),
      Action: z.string().nullish(),
      Actor: z.looseObject({ ID: z.string().nullish() }).nullish(),
    }),
  )
  .transform(events =>
    events.map(({ timeNano, Action, Actor }) => ({
      at: timeNano / 1_000_000,
      action: Action ?? '',
      container: Actor?.ID ?? '',
    })),
  );
export const createdShape = z.looseObject({ Id: z.string().min(1) });
/** What setting a restart policy answers: its warnings. */
export const updatedShape = z.looseObject({});
/** What was untagged and deleted; or, where the image is in use, why it was not. */
export const removedImageShape = z.array(z.unknown()).or(z.looseObject({}));
export const anything = z.unknown();
