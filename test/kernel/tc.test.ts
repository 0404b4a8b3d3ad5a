/** Qdiscs, filters and XDP programs, one for one against `tc` and `ip` in the same namespace. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Link } from '../../src/model/link.ts';
import type { TcFilter, TrafficControl } from '../../src/model/traffic-control.ts';
import { type IpLink, sorted } from '../helpers/iproute2.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { checkout, node } from '../helpers/paths.ts';
import { readWhileStill } from '../helpers/while-still.ts';

type Document = { readonly tc: TrafficControl; readonly links: readonly Link[] };

const pin = `${node} ${checkout}/test/helpers/pin-bpf-program.ts`;
const build = `
  mount -t bpf bpf /sys/fs/bpf
  ${pin} sched_cls pass_all /sys/fs/bpf/cls
  ${pin} xdp look /sys/fs/bpf/xdp
  ip netns add bare
  ip link add shaped type veth peer name far
  ip link add hooked type veth peer name hooked-far
  ip link add taken type veth peer name taken-far
  for link in shaped far hooked hooked-far taken taken-far; do ip link set dev $link up; done
  tc qdisc add dev shaped root handle 1: htb default 10
  tc class add dev shaped parent 1: classid 1:10 htb rate 1mbit
  tc class add dev shaped parent 1: classid 1:1 htb rate 1mbit
  tc class add dev shaped parent 1:1 classid 1:11 htb rate 1mbit
  tc qdisc add dev shaped parent 1:10 handle 2: tbf rate 8kbit burst 1540 limit 2000
  tc filter add dev shaped parent 1: protocol ip prio 5 u32 match ip dst 10.0.0.1 match ip dport 80 0xffff flowid 1:10
  tc filter add dev shaped parent 1:1 protocol ipv6 prio 6 u32 match u32 0 0 flowid 1:11
  tc qdisc add dev hooked clsact
  tc filter add dev hooked ingress prio 2 bpf bytecode '1,6 0 0 4294967295,' flowid 1:1
  tc filter add dev hooked egress prio 3 bpf direct-action object-pinned /sys/fs/bpf/cls
  tc filter add dev hooked egress prio 4 protocol arp chain 3 u32 match u32 0 0 action mirred egress redirect dev far
  tc qdisc add dev taken ingress
  tc filter add dev taken ingress prio 1 protocol 0x9999 u32 match u32 0 0 action mirred ingress mirror dev far
  ip link set dev hooked xdpgeneric pinned /sys/fs/bpf/xdp
  ip link set dev taken-far xdpdrv pinned /sys/fs/bpf/xdp
  # Too much for 8 kbit/s, so that some of it is dropped.
  ip addr add 10.7.0.1/24 dev shaped
  ip neigh add 10.7.0.2 lladdr 02:00:00:00:00:02 dev shaped
  ping -c 30 -i 0.002 -s 1400 -W 0.1 10.7.0.2 || true`;

type TcQdisc = {
  readonly kind: string;
  readonly handle: string;
  readonly dev: string;
  readonly root?: boolean;
  readonly parent?: string;
  readonly bytes: number;
  readonly packets: number;
  readonly drops: number;
  readonly overlimits: number;
  readonly requeues: number;
  readonly backlog: number;
  readonly qlen: number;
};

type TcShown = {
  readonly protocol: string;
  readonly pref: number;
  readonly kind: string;
  readonly chain: number;
  readonly options?: {
    readonly handle?: string;
    readonly fh?: string;
    readonly flowid?: string;
    readonly 'direct-action'?: boolean;
    readonly bpf_name?: string;
    readonly prog?: { readonly id: number; readonly tag: string };
    readonly actions?: readonly {
      readonly kind: string;
      readonly direction: string;
      readonly mirred_action: string;
      readonly to_dev: string;
      readonly control_action: { readonly type: string };
    }[];
  };
};

/** What `tc filter show` is asked, and what netpeek calls that place. */
const places: readonly (readonly [dev: string, words: string, at: TcFilter['attachedTo'], parent: string])[] =
  [
    ['shaped', 'parent 1:', 'parent', '1:'],
    ['shaped', 'parent 1:1', 'parent', '1:1'],
    ['shaped', 'parent 1:10', 'parent', '1:10'],
    ['hooked', 'ingress', 'ingress', 'ffff:'],
    ['hooked', 'egress', 'egress', 'ffff:'],
    ['taken', 'ingress', 'ingress', 'ffff:'],
  ];

describe('traffic control', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(build);
  });
  afterAll(() => lab.dispose());

  const show = (target: string) => lab.netpeekJson<Document>(['show', target, 'tc', 'links']);
  const ifindexes = async (target: string) => {
    const argv = target === 'host' ? ['ip'] : ['ip', '-n', target];
    const links: readonly IpLink[] = JSON.parse(await lab.ok([...argv, '-j', 'link']));
    return (name: string) => links.find(({ ifname }) => ifname === name)?.ifindex ?? -1;
  };
  const askQdiscs = async (target: string) => {
    const ifindexOf = await ifindexes(target);
    const argv = target === 'host' ? ['tc'] : ['tc', '-n', target];
    const qdiscs: readonly TcQdisc[] = JSON.parse(await lab.ok([...argv, '-j', '-s', 'qdisc']));
    return qdiscs.map(({ kind, handle, dev, root, parent, backlog, qlen, ...rest }) => ({
      ifindex: ifindexOf(dev),
      kind,
      handle,
      parent: root ? 'root' : parent === 'ffff:fff1' ? 'ingress' : parent,
      stats: {
        bytes: rest.bytes,
        packets: rest.packets,
        drops: rest.drops,
        overlimits: rest.overlimits,
        requeues: rest.requeues,
        backlogBytes: backlog,
        queueLength: qlen,
      },
    }));
  };
  const askFilters = async (): Promise<readonly object[]> => {
    const ifindexOf = await ifindexes('host');
    const found: object[] = [];
    for (const [dev, words, attachedTo, parent] of places) {
      const argv = ['filter', 'show', 'dev', dev, ...words.split(' ')];
      // An empty table prints nothing at all.
      const shown: readonly TcShown[] = JSON.parse((await lab.ok(['tc', '-j', ...argv])) || '[]');
      for (const { protocol, pref, kind, chain, options } of shown) {
        if (!options) continue;
        found.push({
          ifindex: ifindexOf(dev),
          attachedTo,
          parent,
          kind,
          priority: pref,
          // tc writes an ethertype that it has no name for as [39321].
          protocol: protocol.replace(/^\[(\d+)\]$/, (_, number) => `0x${Number(number).toString(16)}`),
          chain,
          handle: options.handle ?? options.fh,
          ...(options.flowid === undefined ? {} : { classId: options.flowid }),
          ...(kind === 'bpf'
            ? {
                bpf: {
                  ...(options.bpf_name === undefined ? {} : { name: options.bpf_name }),
                  ...(options.prog === undefined
                    ? {}
                    : { id: options.prog.id, tag: options.prog.tag, programName: 'pass_all' }),
                  directAction: options['direct-action'] === true,
                },
              }
            : {}),
          actions: (options.actions ?? []).map((action) => ({
            kind: action.kind,
            outcome: action.control_action.type,
            towards: {
              how: `${action.direction} ${action.mirred_action}`,
              ifindex: ifindexOf(action.to_dev),
            },
          })),
        });
      }
    }
    return found;
  };

  test.each(['host', 'bare'])('of %s has every qdisc that tc shows, with its counters', async (target) => {
    const { truth, claim } = await readWhileStill(
      () => askQdiscs(target),
      async () => (await show(target)).tc.qdiscs,
    );
    expect(sorted(claim)).toEqual(sorted(truth));
  });

  test('counts what a shaper dropped', async () => {
    const { tc } = await show('host');
    const shaper = tc.qdiscs.find(({ kind }) => kind === 'tbf');
    expect(shaper).toMatchObject({ handle: '2:', parent: '1:10' });
    expect(shaper?.stats?.drops).toBeGreaterThan(0);
  });

  test('has every filter that tc shows where it is attached, and no other', async () => {
    const claim = (await show('host')).tc.filters.map(({ matches: _matches, ...filter }) => filter);
    expect(sorted(claim)).toEqual(sorted(await askFilters()));
    expect(new Set(claim.map(({ attachedTo }) => attachedTo))).toEqual(
      new Set(['ingress', 'egress', 'parent']),
    );
    expect((await show('bare')).tc.filters).toEqual([]);
  });

  test('tells what u32 compares as tc prints it', async () => {
    const printed = await Promise.all(
      places.map(([dev, words]) => lab.ok(['tc', 'filter', 'show', 'dev', dev, ...words.split(' ')])),
    );
    const truth = printed.flatMap((text) =>
      [...text.matchAll(/match (\S+ at \S+)/g)].map(([, match]) => match),
    );
    const { tc } = await show('host');
    expect(tc.filters.flatMap(({ matches }) => matches ?? []).sort()).toEqual(truth.sort());
    expect(truth).toContain('0a000001/ffffffff at 16');
  });

  test('names a BPF program, and shows the XDP programs of links with the ids that ip shows', async () => {
    const { tc, links } = await show('host');
    const [program] = tc.filters.filter(({ bpf }) => bpf?.directAction);
    expect(program).toMatchObject({ attachedTo: 'egress', bpf: { name: 'cls:[*fsobj]' } });
    const shown: readonly { ifname: string; xdp?: { mode: number; prog: { id: number } } }[] = JSON.parse(
      await lab.ok(['ip', '-j', '-d', 'link']),
    );
    const truth = shown.flatMap(({ ifname, xdp }) =>
      xdp
        ? [
            {
              name: ifname,
              xdp: { mode: ['none', 'driver', 'generic'][xdp.mode], programIds: [xdp.prog.id] },
            },
          ]
        : [],
    );
    expect(
      links.flatMap(({ name, xdp }) =>
        xdp ? [{ name, xdp: { mode: xdp.mode, programIds: xdp.programIds } }] : [],
      ),
    ).toEqual(expect.arrayContaining(truth));
    expect(truth.map(({ name, xdp }) => [name, xdp.mode]).sort()).toEqual([
      ['hooked', 'generic'],
      ['taken-far', 'driver'],
    ]);
    expect(links.filter(({ xdp }) => xdp)).toHaveLength(truth.length);
  });

  test('reads with names and losses', async () => {
    const { stdout } = await lab.netpeek(['show', 'host', 'tc']);
    expect(stdout).toMatch(
      /^hooked +filter +bpf +egress .*cls:\[\*fsobj\] id \d+ name pass_all direct-action/m,
    );
    expect(stdout).toMatch(/^hooked +filter +u32 +egress .*chain 3 .*mirred egress redirect to far/m);
    expect(stdout).toMatch(/^shaped +qdisc +tbf +1:10 +2: +[\d,]+/m);
  });
});
