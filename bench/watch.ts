/**
 * What `netpeek watch` costs while nothing happens: the part of one core it uses over a minute beside 200 namespaces,
 * `node bench/watch.ts [--count 200] [--seconds 60]`, as root, after `npm run build`.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createLab } from '../test/helpers/lab.ts';
import { node, program } from '../test/helpers/paths.ts';
import { buildNamespaces } from './network.ts';

const { values } = parseArgs({
  options: { count: { type: 'string', default: '200' }, seconds: { type: 'string', default: '60' } },
});
/** Part of one core that is promised. */
const AT_MOST = 0.005;
/** Clock ticks a second in /proc/PID/stat (USER_HZ). */
const TICKS = 100;
/** Seconds until the first scan and the neighbours' first states are over. */
const SETTLE_S = 30;

/** Seconds of processor time so far: utime and stime, fields 14 and 15 of proc_pid_stat(5). */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

const lab = await createLab();
try {
  await buildNamespaces(lab, Number(values.count));
  const watch = await lab.spawn([node, program, 'watch']);
  await pause(SETTLE_S * 1000);
  const before = cpuSeconds(watch.pid);
  await pause(Number(values.seconds) * 1000);
  const part = (cpuSeconds(watch.pid) - before) / Number(values.seconds);
  const verdict = part <= AT_MOST ? 'kept' : 'NOT KEPT';
  process.stdout.write(
    `watch at rest, ${values.count} namespaces, ${values.seconds} s: ${(part * 100).toFixed(2)} % of one core, promised at most ${AT_MOST * 100} %: ${verdict}\n`,
  );
  process.exitCode = part <= AT_MOST ? 0 : 1;
  await watch.stop('SIGINT');
} finally {
  await lab.dispose();
}
