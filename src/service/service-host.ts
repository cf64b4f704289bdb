import type { Change } from './change.ts';

/** What is asked for when a service is installed. */
export interface InstallRequest {
  readonly home: string;
  /** The Node that runs now, links resolved. */
  readonly node: string;
  /** The command line interface's own file, links resolved. */
  readonly file: string;
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The user that the machine's service is to run as, if not one of its own. */
  readonly user: string | undefined;
  /** Whether a user's service may go on when that user logs out. */
  readonly linger: boolean;
}

/** What is asked for when a service is removed. */
export interface RemovalRequest {
  /** The home that its service is for; any, if undefined. */
  readonly home: string | undefined;
  /** Whether what it wrote goes too. */
  readonly purge: boolean;
}

/** What would be done, before anything is. */
export interface Proposal {
  /** What this is about, in words: "the systemd service of the machine". */
  readonly what: string;
  readonly home: string;
  readonly changes: readonly Change[];
  /** What the reader has to know, as sentences. */
  readonly warnings: readonly string[];
  /** Files and folders that stay, as far as they are there. */
  readonly left: readonly string[];
}

/** How a service is. */
export interface ServiceState {
  readonly isRunning: boolean;
  /** What the supervisor calls it: "active (running)". */
  readonly words: string;
  /** What the daemon says of itself, where it can. */
  readonly status: string | undefined;
}

/** A service of ours that is there, as it was installed. */
export interface InstalledService {
  /** What it is, in words: "the systemd service of this machine". */
  readonly what: string;
  readonly home: string;
  /** The Node that it starts; undefined where that cannot be told. */
  readonly node: string | undefined;
  /** Why it would not be started by itself, and the command against that; undefined if it is. */
  readonly notStarted: { readonly why: string; readonly remedy: string } | undefined;
  /** How it is now. */
  readonly state: ServiceState;
}

/** What starts services here: systemd's or launchd's, the machine's or the user's. Everything throws ServiceError. */
export interface ServiceHost {
  proposeInstall(request: InstallRequest): Promise<Proposal>;
  /** @returns undefined if there is nothing to remove */
  proposeRemoval(request: RemovalRequest): Promise<Proposal | undefined>;
  look(): Promise<ServiceState>;
  /** @returns undefined if none of ours is installed, as far as whoever asks can see */
  find(): Promise<InstalledService | undefined>;
}
