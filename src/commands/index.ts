/** Every command, in the order of the help. */
import { capture } from './capture.ts';
import type { Command } from './command.ts';
import { exec } from './exec.ts';
import { ls } from './ls.ts';
import { netnsAttach } from './netns-attach.ts';
import { netnsDetach } from './netns-detach.ts';
import { netnsLs } from './netns-ls.ts';
import { show } from './show.ts';
import { veth } from './veth.ts';

export const commands: readonly Command[] = [
  ls,
  veth,
  show,
  capture,
  exec,
  netnsAttach,
  netnsDetach,
  netnsLs,
];

/** The words that several commands begin with. */
export const groupSummaries: Readonly<Record<string, string>> = {
  netns: 'names under /var/run/netns for namespaces, so that ip netns exec works',
  lab: 'practice networks in private namespaces',
};
