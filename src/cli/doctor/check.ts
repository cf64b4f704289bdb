import type { HttpClient } from '../../base/http.ts';
import type { ContainerSummary } from '../../container/inspected.ts';
import type { DockerHost } from '../../engine/docker-host.ts';
import type { Engine, EngineIdentity, EngineSurroundings } from '../../engine/engine.ts';
import type { RegistryAnswer } from '../../run/ask-registries.ts';
import type { SurveyedContainer } from '../../run/survey.ts';
import type { ServiceHost } from '../../service/service-host.ts';
import type { FoundCompose } from '../find-compose.ts';
import type { Home } from '../home.ts';
import type { Settings } from '../settings.ts';

/** What a check comes to. `warn` works, but not as it should; of what is `skipped` nothing is known. */
export type State = 'ok' | 'warn' | 'bad' | 'skipped';

/** What was found, in words, and what to do about it (empty where there is nothing to do). */
export interface Verdict {
  readonly state: State;
  readonly says: string;
  readonly remedy: string;
}

/** A verdict and what it is about: the line that a person reads, and a program gets. */
export interface Finding extends Verdict {
  readonly what: string;
}

/** Where checks look. What is asked for twice is looked up once, and fails the same way twice. */
export interface Place {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** @throws HomeError */
  home(): Home;
  /** @throws SettingsError, HomeError */
  settings(): Promise<Settings>;
  /** @throws EngineError */
  engine(): Promise<OpenedEngine>;
  /** @throws ComposeError */
  compose(): Promise<FoundCompose>;
  /** All containers of the engine, stopped ones too. @throws EngineError */
  containers(): Promise<readonly ContainerSummary[]>;
  /** Those that are watched. @throws Failure */
  survey(): Promise<readonly SurveyedContainer[]>;
  /** What registries said to one question for each watched reference. @throws Failure */
  registries(): Promise<readonly RegistryAnswer[]>;
  /** How far the clocks of registries that answered are ahead of ours, in milliseconds, by host. */
  registryClocks(): ReadonlyMap<string, number>;
  /** For `/health`. */
  readonly http: HttpClient;
  /** What starts services for whoever asks. @throws ServiceError */
  supervisor(): ServiceHost;
}

export interface OpenedEngine {
  readonly engine: Engine;
  readonly host: DockerHost;
  readonly identity: EngineIdentity;
  readonly surroundings: EngineSurroundings;
  /** How far its clock is ahead of ours, in milliseconds, as it was asked. */
  readonly clockAhead: number | undefined;
}

/** One thing that a new user gets wrong. A failure that it throws is a bad verdict, its hint the remedy. */
export interface Check {
  /** In two or three words: "the state folder". */
  readonly what: string;
  /** Without these it has nothing to look at, so it is skipped where one of them is bad. */
  readonly needs?: readonly Check[];
  /** Several verdicts, where there is something to say of several things. */
  look(place: Place): Promise<Verdict | readonly Verdict[]>;
}

export const ok = (says: string): Verdict => ({ state: 'ok', says, remedy: '' });
export const skipped = (says: string): Verdict => ({ state: 'skipped', says, remedy: '' });
export const warn = (says: string, remedy: string): Verdict => ({ state: 'warn', says, remedy });
export const bad = (says: string, remedy: string): Verdict => ({ state: 'bad', says, remedy });
