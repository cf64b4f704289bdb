import { type Digest, shortDigest } from '../image/digest.ts';
import { foreignPlatform } from '../image/platform.ts';
import { familiarName, nameByDigest, parseReference, type Reference } from '../image/reference.ts';
import { digestsOf } from '../image/repo-digests.ts';
import type { Step } from '../plan/step.ts';
import { execute } from '../rollout/execute.ts';
import { judgeOffers } from './judge-offers.ts';
import { nameOfOffer, noteSightings } from './note-sightings.ts';
import type { ResolvedContainer } from './resolved-container.ts';
import type { RunTools } from './run-tools.ts';
import { type SurveyedContainer, takeSurvey } from './survey.ts';

/** The image of a service, as its compose file names it. */
export interface WantedImage {
  readonly service: string;
  /** Undefined where it is only built here. */
  readonly image: string | undefined;
  /** When compose itself would pull it (Compose specification, `pull_policy`). */
  readonly pullPolicy: string | undefined;
}

/** What came of one of them. */
export interface PulledImage {
  readonly service: string;
  readonly image: string | undefined;
  /** `current`: the tag on this host is there already. `left`: it may not move, and `failed`: because something is wrong. */
  readonly outcome: 'pulled' | 'current' | 'left' | 'failed';
  /** What the tag now points at, or what is offered and was not taken. */
  readonly digest: Digest | undefined;
  /** One sentence without a full stop. */
  readonly reason: string | undefined;
}

export interface StackPull {
  readonly pulled: readonly PulledImage[];
  /** No container is made from these images yet, so that no rule speaks of them. */
  readonly unjudged: readonly WantedImage[];
}

/**
 * Brings the images of a stack onto the host and moves their tags, as far as the containers that are made from them may
 * run them: by the rules, and the digest, that a run would take. No container is touched.
 */
export async function pullStack(tools: RunTools, wanted: readonly WantedImage[]): Promise<StackPull> {
  const names = new Set(wanted.flatMap(({ image }) => tagIn(image) ?? []));
  const watched = await takeSurvey({ ...tools, policy: withStack(tools.policy) });
  const chosen = watched.filter(({ reference }) => names.has(tagIn(reference) ?? ''));
  const judged = await judgeOffers(tools, watched, chosen.map(asWatched));
  await noteSightings(tools, watched, judged);
  const open = await openRollouts(tools);

  const answers = new Map<string, Promise<Answer>>();
  const pulled: PulledImage[] = [];
  const unjudged: WantedImage[] = [];
  for (const each of wanted) {
    const name = tagIn(each.image);
    const makers = judged.filter(
      ({ container }) => name !== undefined && tagIn(container.reference) === name,
    );
    const held = heldByPolicy(each, makers.length > 0);
    if (held === undefined && makers.length === 0) {
      unjudged.push(each);
      continue;
    }
    const answer = held ?? answers.get(name ?? '') ?? take(tools, decide(makers, open), makers);
    if (held === undefined) answers.set(name ?? '', Promise.resolve(answer));
    pulled.push({ service: each.service, image: each.image, ...(await answer) });
  }
  return { pulled, unjudged };
}

type Answer = Omit<PulledImage, 'service' | 'image'>;

/** @param isHere whether a container is made from it, so that it is on this host */
function heldByPolicy({ image, pullPolicy = '' }: WantedImage, isHere: boolean): Answer | undefined {
  const left = (reason: string): Answer => ({ outcome: 'left', digest: undefined, reason });
  if (image === undefined) return left('it is only built here');
  const isLazy = isHere && /^(missing|if_not_present)$/.test(pullPolicy);
  return isLazy || /^(never|build)$/.test(pullPolicy) ? left(`its pull_policy is ${pullPolicy}`) : undefined;
}

/** The name whose tag a pull would move; undefined where there is none, because it is a digest's or an id. */
function tagIn(text: string | undefined): string | undefined {
  const reference = parseReference(text ?? '');
  return reference === undefined || reference.digest !== undefined ? undefined : nameOfOffer(reference);
}

/** A person works the stack of this home, so its containers count whatever is watched beside. */
function withStack(policy: RunTools['policy']): RunTools['policy'] {
  return policy.watch === 'labelled' ? { ...policy, watch: 'stack' } : policy;
}

/** What speaks against touching a container now does not speak against its image. */
function asWatched(container: SurveyedContainer): SurveyedContainer {
  return { ...container, selection: { kind: 'watched' } };
}

/** The names of containers with a rollout that is not over: its way back may move the tag, too. */
async function openRollouts({ journal }: RunTools): Promise<ReadonlySet<string>> {
  const { entries } = await journal.peek();
  return new Set(entries.flatMap(({ rollout }) => rollout.members.map(({ name }) => name)));
}

/** What a tag may move to, by the word of all containers that are made from it. */
function decide(makers: readonly ResolvedContainer[], open: ReadonlySet<string>): Digest | Answer {
  const unfinished = makers.find(({ container }) => open.has(container.name));
  if (unfinished !== undefined)
    return kept('left', unfinished, 'a rollout of it is unfinished: run refreshd recover');
  const digests = new Set<Digest>();
  for (const each of makers) {
    const { verdict } = each;
    if (verdict.kind === 'failed' || verdict.kind === 'unresolved')
      return kept('failed', each, verdict.reason);
    if (verdict.kind !== 'outdated' && verdict.kind !== 'current') return kept('left', each, verdict.reason);
    digests.add(verdict.digest);
  }
  const [digest, ...others] = digests;
  if (digest !== undefined && others.length === 0) return digest;
  const words = [...digests].map(shortDigest).join(' and ');
  return {
    outcome: 'left',
    digest: undefined,
    reason: `${makers.map(({ container }) => container.name).join(', ')} are made from the same name and may run ${words}`,
  };
}

function kept(outcome: Answer['outcome'], { container, verdict }: ResolvedContainer, why: string): Answer {
  const digest = 'digest' in verdict ? verdict.digest : undefined;
  return { outcome, digest, reason: `${container.name}: ${why}` };
}

/** Pulls by digest, because the tag may move again meanwhile; then the tag on the host follows. */
async function take(
  tools: RunTools,
  decided: Digest | Answer,
  [maker]: readonly ResolvedContainer[],
): Promise<Answer> {
  if (typeof decided !== 'string') return decided;
  const { name: subject = '', image: running, reference: text = '' } = maker?.container ?? {};
  const reference = parseReference(text);
  if (reference === undefined) throw new RangeError(`${text} was understood, and then was not`);
  if (await isThere(tools, reference, decided))
    return { outcome: 'current', digest: decided, reason: undefined };
  const cause = 'a person pulls the stack';
  const platform = running && foreignPlatform(running, tools.identity.platform);
  const steps: readonly Step[] = [
    { kind: 'pull', subject, reference, digest: decided, platform, cause },
    { kind: 'tag', subject, reference, image: nameByDigest(reference, decided), cause },
  ];
  const { failure } = await execute(tools, steps, tools.interrupted);
  if (failure !== undefined) return { outcome: 'failed', digest: decided, reason: failure.reason };
  tools.log.info(`Pulled ${familiarName(reference)} at ${shortDigest(decided)}.`, { container: subject });
  return { outcome: 'pulled', digest: decided, reason: undefined };
}

async function isThere({ engine }: RunTools, reference: Reference, digest: Digest): Promise<boolean> {
  const image = await engine.inspectImage(familiarName(reference));
  return image !== undefined && digestsOf(image, reference).includes(digest);
}
