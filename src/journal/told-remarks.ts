import { z } from '../base/shape.ts';
import { type Memory, openMemory } from './memory.ts';

const toldRemarksShape = z.record(z.string(), z.array(z.string()).readonly());

/** What was said in the log of each container and is still so, by container name: it is said once. */
export type ToldRemarks = z.infer<typeof toldRemarksShape>;

export function openToldRemarks(stateFolder: string): Memory<ToldRemarks> {
  return openMemory(stateFolder, 'told', toldRemarksShape, {});
}

/** Whether that was said of a container; names are any text, `constructor` too. */
export function wasTold(told: ToldRemarks, name: string, remark: string): boolean {
  return Object.hasOwn(told, name) && (told[name] ?? []).includes(remark);
}
