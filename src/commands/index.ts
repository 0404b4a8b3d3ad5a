/** Every command, in the order of the help. */
import { benchScan } from './bench-scan.ts';
import { capture } from './capture.ts';
import type { Command } from './command.ts';
import { complete, completion } from './completion.ts';
import { diagnose } from './diagnose.ts';
import { diff } from './diff.ts';
import { doctor } from './doctor.ts';
import { exec } from './exec.ts';
import { find } from './find.ts';
import { graph } from './graph.ts';
import { labActor } from './lab-actor.ts';
import { labLs } from './lab-ls.ts';
import { demo, labInside, labRun } from './lab-run.ts';
import { labShow } from './lab-show.ts';
import { ls } from './ls.ts';
import { netnsAttach } from './netns-attach.ts';
import { netnsDetach } from './netns-detach.ts';
import { netnsLs } from './netns-ls.ts';
import { netnsPrune } from './netns-prune.ts';
import { path } from './path.ts';
import { show } from './show.ts';
import { snapshot } from './snapshot.ts';
import { tui } from './tui.ts';
import { veth } from './veth.ts';
import { watch } from './watch.ts';

export const commands: readonly Command[] = [
  ls,
  veth,
  find,
  graph,
  show,
  path,
  diagnose,
  capture,
  exec,
  netnsAttach,
  netnsDetach,
  netnsLs,
  netnsPrune,
  snapshot,
  diff,
  watch,
  doctor,
  completion,
  complete,
  demo,
  labLs,
  labShow,
  labRun,
  labInside,
  labActor,
  benchScan,
  tui,
];

/** The words that several commands begin with. */
export const groupSummaries: Readonly<Record<string, string>> = {
  netns: 'names under /var/run/netns for namespaces, so that ip netns exec works',
  lab: 'practice networks in private namespaces',
};
