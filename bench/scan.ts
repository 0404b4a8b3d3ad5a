/**
 * One scan of many namespaces, side by side with plotnetcfg (C) and with the usual shell loop:
 * `node bench/scan.ts [--count 200] [--rounds 7] [-- NETPEEK ARGUMENTS]`, as root, after `npm run build`.
 */
import { parseArgs } from 'node:util';
import { createLab } from '../test/helpers/lab.ts';
import { node, program } from '../test/helpers/paths.ts';
import { measureInTurns, report } from './measure.ts';
import { buildNamespaces } from './network.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string', default: '200' }, rounds: { type: 'string', default: '7' } },
});
// Reads links, addresses, routes and neighbours of every namespace, as a scan does, and prints how many there are.
const scan = positionals.length > 0 ? positionals : ['bench-scan'];

const loop = `
for ns in $(ip netns | cut -d' ' -f1); do
  ip netns exec $ns ip -j addr
  ip netns exec $ns ip -j route
  ip netns exec $ns ip -j neigh
  ip netns exec $ns ethtool -S eth0
done > /dev/null`;

const lab = await createLab();
try {
  await buildNamespaces(lab, Number(values.count));
  process.stdout.write(
    `${values.count} namespaces; netpeek says: ${await lab.ok([node, program, ...scan])}\n`,
  );
  const medians = await measureInTurns(
    lab,
    [
      { name: 'netpeek', argv: [node, program, ...scan] },
      // A pid namespace of its own: it opens every process's namespaces.
      { name: 'plotnetcfg', argv: ['unshare', '-p', '-f', '--mount-proc', 'plotnetcfg', '-f', 'json'] },
      { name: 'shell loop', argv: ['sh', '-c', loop] },
      { name: 'node -e 0', argv: [node, '-e', '0'] },
    ],
    Number(values.rounds),
  );
  const kept = report(medians, [
    { name: 'netpeek', versus: 'plotnetcfg', atMost: 1.3 },
    { name: 'netpeek', versus: 'shell loop', atMost: 1 / 8 },
  ]);
  process.exitCode = kept ? 0 : 1;
} finally {
  await lab.dispose();
}
