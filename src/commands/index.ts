/** Every command, in the order of the help. */
import type { Command } from './command.ts';
import { ls } from './ls.ts';
import { veth } from './veth.ts';

export const commands: readonly Command[] = [ls, veth];
