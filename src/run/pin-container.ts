import { cleanText } from '../base/clean-text.ts';
import { type Digest, parseDigest, shortDigest } from '../image/digest.ts';
import { parseReference } from '../image/reference.ts';
import { digestsOf } from '../image/repo-digests.ts';
import { bestEffort } from '../journal/best-effort.ts';
import { type Pins, pinnedDigest, withPin } from '../journal/pins.ts';
import { rejectionOfImage } from '../journal/rejections.ts';
import { StateError } from '../journal/state-error.ts';
import { chooseNamed, RunError } from './choose-named.ts';
import type { RunTools } from './run-tools.ts';
import { type SurveyedContainer, takeSurvey } from './survey.ts';

/** A container's pin after it was changed. */
export interface PinChange {
  readonly container: string;
  /** Undefined where there is none any more. */
  readonly digest: Digest | undefined;
  /** What it was pinned to before, by command. */
  readonly before: Digest | undefined;
  /** Whether that is what runs. */
  readonly runs: boolean;
  /** One sentence. */
  readonly words: string;
}

/**
 * Allows a container one digest alone, from the next run on; nothing is changed on the engine. A digest that was
 * rejected is tried once more, since a person says so.
 *
 * @param text the digest; what runs, if undefined
 * @throws RunError for a container that is not watched, a text that is no digest, or where a pin would mean nothing
 */
export async function pinContainer(
  tools: RunTools,
  name: string,
  text: string | undefined,
): Promise<PinChange> {
  const given = text === undefined ? undefined : digestFrom(text);
  const pins = await readPins(tools);
  const [container] = chooseNamed(await takeSurvey(tools), [name]);
  if (container === undefined) throw new RangeError(`${name} was neither found nor missed`);
  await refuseUnfinished(tools, name);
  const own = ownDigests(container);
  const digest = given ?? own[0];
  refuseOther(container, digest);
  const runs = own.includes(digest) || container.manifest === digest;
  await tools.pins.write(withPin(pins, name, { digest, at: tools.clock.now() }));
  const again = await forgetRejection(tools, name, digest);
  const next = runs ? '' : ' It runs another: the next run takes that one, if its registry has it.';
  const words = `Pinned to ${shortDigest(digest)}: no other image is taken.${next}${again}`;
  tools.log.info(words, { container: name });
  return { container: name, digest, before: pinnedDigest(pins, name), runs, words };
}

/** Lets a container take again what its registry offers. @throws RunError for one that is neither pinned nor watched */
export async function unpinContainer(tools: RunTools, name: string): Promise<PinChange> {
  const pins = await readPins(tools);
  const before = pinnedDigest(pins, name);
  const survey = await takeSurvey(tools);
  // One that is gone, or is not watched any more, may have left a pin behind.
  const [container] =
    before === undefined ? chooseNamed(survey, [name]) : survey.filter(each => each.name === name);
  if (before !== undefined) await tools.pins.write(withPin(pins, name, undefined));
  const label = container?.wishes.pin;
  const done =
    before === undefined
      ? 'It was not pinned by refreshd pin.'
      : `Not pinned to ${shortDigest(before)} any more.`;
  const left =
    label === undefined
      ? ''
      : ` Its label refreshd.pin still allows only ${shortDigest(label)}: make the container anew without it.`;
  const words = `${done}${left}`;
  tools.log.info(words, { container: name });
  return { container: name, digest: label, before, runs: false, words };
}

function digestFrom(text: string): Digest {
  const digest = parseDigest(text);
  if (digest !== undefined) return digest;
  throw new RunError('not-a-digest', `"${cleanText(text, 80)}" is no digest.`, {
    hint: 'A digest is sha256: and 64 hex digits, as in refreshd status --json and refreshd check --json.',
  });
}

async function readPins({ pins }: RunTools): Promise<Pins> {
  const read = await pins.read();
  if (read.ok) return read.value;
  throw new StateError('garbled', `${pins.path} is not understood (${read.problem}).`, {
    hint: 'Mend it, or remove it and pin anew what shall stay as it is.',
  });
}

/** In the middle of a rollout nobody knows yet which image is the one that runs. */
async function refuseUnfinished({ journal }: RunTools, name: string): Promise<void> {
  const { entries } = await journal.peek();
  if (!entries.some(({ rollout }) => rollout.members.some(member => member.name === name))) return;
  throw new RunError('not-possible', `${name} cannot be pinned: a rollout of it is unfinished.`, {
    hint: 'Run refreshd recover first.',
  });
}

/** The digests of what runs. @throws RunError if there is nothing that a pin could mean */
function ownDigests({ name, reference: text, image }: SurveyedContainer): readonly [Digest, ...Digest[]] {
  const reference = parseReference(text);
  const refuse = (why: string) => new RunError('not-possible', `${name} cannot be pinned: ${why}.`);
  if (reference === undefined) throw refuse('it is made from an image id, which never changes');
  if (reference.digest !== undefined) throw refuse('it is pinned by its own image name');
  const [first, ...others] = digestsOf(image ?? {}, reference);
  if (first === undefined) throw refuse('its image has no digest, because it was built or tagged here');
  return [first, ...others];
}

function refuseOther(
  { name, wishes, labelProblems, imageId, image }: SurveyedContainer,
  digest: Digest,
): void {
  const [problem] = labelProblems;
  if (problem !== undefined)
    throw new RunError('not-possible', `${name} cannot be pinned: ${problem}.`, {
      hint: 'Mend the label first.',
    });
  if (wishes.pin !== undefined && wishes.pin !== digest) {
    throw new RunError(
      'not-possible',
      `${name} cannot be pinned to ${shortDigest(digest)}: its label refreshd.pin allows only ${shortDigest(wishes.pin)}.`,
      { hint: 'Change the label, or remove it.' },
    );
  }
  if (digest !== imageId || image?.Descriptor) return;
  throw new RunError(
    'not-a-digest',
    `${shortDigest(digest)} is the id of the image that ${name} runs, not its digest.`,
    {
      hint: `To pin it to what it runs: refreshd pin ${name}`,
    },
  );
}

/** @returns what there is to say of it */
async function forgetRejection({ rejections, log }: RunTools, name: string, digest: Digest): Promise<string> {
  const forgotten = await bestEffort(log, async () => {
    const { value } = await rejections.recall();
    const rejection = rejectionOfImage(value, name, [digest]);
    if (rejection === undefined) return undefined;
    await rejections.remember(Object.fromEntries(Object.entries(value).filter(([each]) => each !== name)));
    return rejection;
  });
  return forgotten === undefined ? '' : ` It was put back before (${forgotten.reason}), and is tried again.`;
}
