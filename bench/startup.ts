/**
 * How quickly the quick commands answer, beside an empty Node: `node bench/startup.ts [--rounds 25]`, as root, after
 * `npm run build`.
 */
import { parseArgs } from 'node:util';
import { createLab } from '../test/helpers/lab.ts';
import { node, program } from '../test/helpers/paths.ts';
import { measureInTurns, report } from './measure.ts';
import { buildNamespaces } from './network.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '25' } } });
/** A host with a usual number of containers. */
const NAMESPACES = 14;

const lab = await createLab();
try {
  await buildNamespaces(lab, NAMESPACES);
  const medians = await measureInTurns(
    lab,
    [
      { name: 'node -e 0', argv: [node, '-e', '0'] },
      { name: 'netpeek --version', argv: [node, program, '--version'] },
      { name: 'netpeek veth n3', argv: [node, program, 'veth', 'n3'] },
    ],
    Number(values.rounds),
  );
  const kept = report(medians, [
    { name: 'netpeek --version', versus: 'node -e 0', atMost: 2 },
    { name: 'netpeek veth n3', versus: 'node -e 0', atMost: 4 },
  ]);
  process.exitCode = kept ? 0 : 1;
} finally {
  await lab.dispose();
}
