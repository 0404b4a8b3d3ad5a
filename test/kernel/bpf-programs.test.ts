/** BPF programs on links by XDP and tcx, against what /proc told of each when it was loaded. */
import { cp } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LoadedProgram } from '../../src/model/bpf-program.ts';
import type { Gap } from '../../src/model/gap.ts';
import type { Link } from '../../src/model/link.ts';
import type { TrafficControl } from '../../src/model/traffic-control.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { checkout, node, program } from '../helpers/paths.ts';

type Document = {
  readonly tc: TrafficControl;
  readonly links: readonly Link[];
  readonly gaps: readonly Gap[];
};

const attach = `${node} ${checkout}/test/helpers/attach-bpf-program.ts`;
const NAMES = ['first', 'second', 'third', 'look'] as const;

describe('a BPF program', () => {
  let lab: Lab;
  /** What the kernel's /proc says of each by name. */
  const loaded: Record<string, LoadedProgram> = {};
  const programOf = (name: (typeof NAMES)[number]): LoadedProgram => {
    const found = loaded[name];
    if (found === undefined) throw new Error(`${name} was not loaded`);
    return found;
  };

  const load = async (name: string): Promise<LoadedProgram> => {
    const kind = name === 'look' ? 'xdp' : 'sched_cls';
    const script = `${checkout}/test/helpers/pin-bpf-program.ts`;
    const told = await lab.ok([node, script, kind, name, `/sys/fs/bpf/${name}`]);
    const field = (key: string) => new RegExp(`^${key}:\\s*(\\w+)$`, 'm').exec(told)?.[1] ?? '';
    return { id: Number(field('prog_id')), name, tag: field('prog_tag') };
  };

  beforeAll(async () => {
    lab = await createLab();
    await lab.ok('mount -t bpf bpf /sys/fs/bpf');
    for (const name of NAMES) loaded[name] = await load(name);
    await lab.ok(`
      ip netns add bare
      ip link add resting index 70 type veth peer name far index 71
      ip -n bare link add resting index 70 type veth peer name far index 71
      ip link set dev far xdpgeneric pinned /sys/fs/bpf/look
      tc qdisc add dev far clsact
      tc filter add dev far egress bpf direct-action object-pinned /sys/fs/bpf/first
      ${attach} /sys/fs/bpf/second ingress 70
      ${attach} /sys/fs/bpf/first ingress 70 /sys/fs/bpf/link
      ${attach} /sys/fs/bpf/third egress 70
      nsenter --net=/run/netns/bare ${attach} /sys/fs/bpf/third ingress 70`);
  });
  afterAll(() => lab.dispose());

  const show = (target: string) => lab.netpeekJson<Document>(['show', target, 'tc', 'links']);

  test('attached by XDP is told with its name and tag', async () => {
    const { links, gaps } = await show('host');
    const look = programOf('look');
    expect(links.flatMap(({ name, xdp }) => (xdp ? [{ name, xdp }] : []))).toEqual([
      { name: 'far', xdp: { mode: 'generic', programIds: [look.id], programs: [look] } },
    ]);
    expect(gaps.filter(({ probe }) => probe !== 'docker')).toEqual([]);
  });

  test('attached without a qdisc is seen on its own side, in its order, also on a link that was never up', async () => {
    expect((await show('host')).tc.tcx).toEqual([
      { ifindex: 70, attachedTo: 'ingress', ...programOf('second') },
      { ifindex: 70, attachedTo: 'ingress', ...programOf('first') },
      { ifindex: 70, attachedTo: 'egress', ...programOf('third') },
    ]);
  });

  test('is looked for in the namespace of the link, whose ifindex another has as well', async () => {
    expect((await show('bare')).tc.tcx).toEqual([
      { ifindex: 70, attachedTo: 'ingress', ...programOf('third') },
    ]);
  });

  test('of a filter has the name that tc gave, and its own', async () => {
    const { tc } = await show('host');
    expect(tc.filters.map(({ bpf }) => bpf)).toEqual([
      {
        name: 'first:[*fsobj]',
        id: programOf('first').id,
        tag: programOf('first').tag,
        programName: 'first',
        directAction: true,
      },
    ]);
  });

  test('is a row of the table', async () => {
    const { stdout } = await lab.netpeek(['show', 'host', 'tc', 'links']);
    const ids = Object.fromEntries(NAMES.map((name) => [name, programOf(name).id]));
    expect(stdout).toMatch(new RegExp(`^far +program +xdp +generic +look id ${ids.look}$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^resting +program +tcx +ingress +second id ${ids.second}$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^resting +program +tcx +egress +third id ${ids.third}$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^far .* xdp generic look id ${ids.look}$`, 'm'));
  });

  test('is in a recording', async () => {
    const file = `${lab.directory}/recording.json`;
    const live = await lab.netpeek(['--record', file, 'show', 'host', 'tc', 'links', '--json']);
    const elsewhere = await createLab();
    try {
      await cp(file, `${elsewhere.directory}/recording.json`);
      const argv = ['--replay', `${elsewhere.directory}/recording.json`, 'show', 'host', 'tc', 'links'];
      const replayed = await elsewhere.netpeek([...argv, '--json']);
      expect(replayed.stdout).toBe(live.stdout);
      expect(JSON.parse(replayed.stdout).tc.tcx).toHaveLength(3);
    } finally {
      await elsewhere.dispose();
    }
  });

  test('keeps its id where the right to ask for its name is missing, and a gap says so', async () => {
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const { stdout } = await lab.run([...nobody, node, program, 'show', 'host', 'tc', 'links', '--json']);
    const { tc, links, gaps }: Document = JSON.parse(stdout);
    const xdp = { mode: 'generic', programIds: [programOf('look').id] };
    expect(links.find(({ name }) => name === 'far')?.xdp).toEqual(xdp);
    expect(tc.qdiscs.map(({ kind }) => kind)).toContain('clsact');
    expect(tc).not.toHaveProperty('tcx');
    const needs = 'run as root (CAP_SYS_ADMIN)';
    const reasonOf = (probe: string) => gaps.filter((gap) => gap.probe === probe);
    expect(reasonOf('bpf')).toMatchObject([
      { reason: 'names of programs: bpf(BPF_PROG_GET_FD_BY_ID): EPERM', needs },
    ]);
    expect(reasonOf('trafficControl')).toMatchObject([
      { reason: 'programs attached without tc (tcx): bpf(BPF_PROG_QUERY): EPERM', needs },
    ]);
  });
});
