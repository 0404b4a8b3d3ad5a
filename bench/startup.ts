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
/** Named namespaces beside the container: as many as a usual host has, and a great many. */
const HOSTS = [
  { namespaces: 14, atMost: 4 },
  { namespaces: 400, atMost: 3 },
];

let kept = true;
for (const { namespaces, atMost } of HOSTS) {
  const lab = await createLab();
  try {
    await buildNamespaces(lab, namespaces);
    const docker = await startDocker(lab, { version: '20.10' });
    await docker.importBusybox();
    await docker.runContainer({ name: 'web' });
    process.stdout.write(`\nbeside ${namespaces} namespaces\n`);
    const medians = await measureInTurns(
      lab,
      [
        { name: 'node -e 0', argv: [node, '-e', '0'] },
        { name: 'netpeek --version', argv: [node, program, '--version'] },
        { name: 'netpeek veth web', argv: [node, program, 'veth', 'web'] },
      ],
      Number(values.rounds),
    );
    const promises = [
      { name: 'netpeek --version', versus: 'node -e 0', atMost: 2 },
      { name: 'netpeek veth web', versus: 'node -e 0', atMost },
    ];
    kept = report(medians, promises) && kept;
  } finally {
    await lab.dispose();
  }
}
process.exitCode = kept ? 0 : 1;
