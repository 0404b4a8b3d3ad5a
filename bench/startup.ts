/**
 * How quickly the quick commands answer, beside an empty Node, on a host with a Docker engine: `node bench/startup.ts [--rounds 25]`, as root, after
 * `npm run build`.
 */
import { parseArgs } from 'node:util';
import { startDocker } from '../test/helpers/docker.ts';
import { createLab } from '../test/helpers/lab.ts';
import { node, program } from '../test/helpers/paths.ts';
import { measureInTurns, report } from './measure.ts';
import { buildNamespaces } from './network.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '25' } } });
/** As many as a host with a usual number of containers has. */
const NAMESPACES = 14;

const lab = await createLab();
try {
  await buildNamespaces(lab, NAMESPACES);
  const docker = await startDocker(lab, { version: '20.10' });
  await docker.importBusybox();
  await docker.runContainer({ name: 'web' });
  const medians = await measureInTurns(
    lab,
    [
      { name: 'node -e 0', argv: [node, '-e', '0'] },
      { name: 'netpeek --version', argv: [node, program, '--version'] },
      { name: 'netpeek veth web', argv: [node, program, 'veth', 'web'] },
    ],
    Number(values.rounds),
  );
  const kept = report(medians, [
    { name: 'netpeek --version', versus: 'node -e 0', atMost: 2 },
    { name: 'netpeek veth web', versus: 'node -e 0', atMost: 4 },
  ]);
  process.exitCode = kept ? 0 : 1;
} finally {
  await lab.dispose();
}
