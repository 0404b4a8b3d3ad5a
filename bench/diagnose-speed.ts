/**
 * What an answer takes beside 200 namespaces and 5,000 rules, nothing sent: one way, and the first round over all of them:
 * `node bench/diagnose-speed.ts [--rounds 7]`, as root, after `npm run build`.
 */
import { parseArgs } from 'node:util';
import { createLab } from '../test/helpers/lab.ts';
import { node, program } from '../test/helpers/paths.ts';
import { measureInTurns, report } from './measure.ts';
import { buildNamespaces } from './network.ts';
import { iptablesRules } from './rule-samples.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
const rounds = Number(values.rounds);
const NAMESPACES = 200;
const RULES = 5_000;
/** Milliseconds that one answer may take without a proof on the wire. */
const MOST_ONE_MS = 1_000;
/** A way out for all of them, to a machine that stands for the internet. */
const uplink = `
  sysctl -qw net.ipv4.ip_forward=1
  ip netns add outside
  ip link add uplink type veth peer name eth0 netns outside
  ip addr add 192.0.2.2/24 dev uplink
  ip link set uplink up
  ip -n outside addr add 192.0.2.1/24 dev eth0
  ip -n outside link set eth0 up
  ip route add default via 192.0.2.1`;

/** The diagnosis finds the rule that drops, which is no failure of the program's. */
const asking = (...words: readonly string[]) => [
  ...['sh', '-c', '"$@"; test $? -le 1', 'sh'],
  ...[node, program, 'diagnose', ...words],
];
const one = { name: 'diagnose n7 --no-live', argv: asking('n7', '--no-live') };
const all = { name: 'diagnose', argv: asking() };

const lab = await createLab();
try {
  await buildNamespaces(lab, NAMESPACES);
  await lab.ok(uplink);
  await lab.ok(['iptables-nft-restore'], { input: iptablesRules(RULES) });
  const found = await measureInTurns(lab, [one, all], rounds);
  report(found, []);
  const ms = found.get(one.name) ?? Number.NaN;
  const perWay = (found.get(all.name) ?? Number.NaN) / NAMESPACES;
  const kept = ms <= MOST_ONE_MS;
  process.stdout.write(`${all.name}: ${perWay.toFixed(1)} ms for each of ${NAMESPACES} ways\n`);
  process.stdout.write(`${one.name} at most ${MOST_ONE_MS} ms: ${kept ? 'kept' : 'NOT KEPT'}\n`);
  process.exitCode = kept ? 0 : 1;
} finally {
  await lab.dispose();
}
