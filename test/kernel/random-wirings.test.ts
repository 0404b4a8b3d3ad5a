/**
 * Random wirings in a real kernel: after every round of changes netpeek's namespaces, pairs, masters and names are the
 * ones that were built, and each peer is the one that the driver tells ethtool. NETPEEK_SEED=N tries other ones.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LsDocument, LsLink } from '../helpers/documents.ts';
import { type IpLink, readIpLinks } from '../helpers/iproute2.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { type ModelLink, randomWorld } from '../helpers/random-wiring.ts';
import { waitFor } from '../helpers/wait-for.ts';

const seed = Number(process.env.NETPEEK_SEED ?? 1);
const ROUNDS = 6;

describe(`wirings of NETPEEK_SEED=${seed}`, () => {
  const world = randomWorld(seed);
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab();
  });
  afterAll(() => lab.dispose());

  const ask = (namespace: string) => (argv: readonly string[]) =>
    lab.ok(namespace === 'host' ? argv : ['ip', 'netns', 'exec', namespace, ...argv]);
  const built = () => [...world.links];

  /** The kernel's links by MAC once they are those of the model: it takes deleted namespaces apart in its own time. */
  const settledLinks = (): Promise<ReadonlyMap<string, IpLink>> => {
    const wanted = built().map(({ namespace, name, mac }) => `${namespace}/${name} ${mac}`);
    let seen: readonly string[] = [];
    const look = async () => {
      const read = await Promise.all(
        [...world.namespaces].map(async (namespace) =>
          (await readIpLinks(ask(namespace)))
            .filter(({ linkinfo }) => /^(veth|bridge)$/.test(linkinfo?.info_kind ?? ''))
            .map((link) => ({ namespace, link })),
        ),
      );
      seen = read.flat().map(({ namespace, link }) => `${namespace}/${link.ifname} ${link.address}`);
      const same = seen.toSorted().join() === wanted.toSorted().join();
      return same && new Map(read.flat().map(({ link }) => [link.address, link]));
    };
    return waitFor(() => `${wanted.toSorted().join()}\nbut there is\n${seen.toSorted().join()}`, look);
  };

  /** What netpeek must say of a link, its ifindexes as the kernel has them. */
  const expected = (link: ModelLink, kernel: ReadonlyMap<string, IpLink>) => {
    const end = ({ namespace, name, mac }: ModelLink) => ({
      namespace,
      ifindex: kernel.get(mac)?.ifindex,
      name,
    });
    const { ifindex: masterIfindex, name: masterName } = link.master ? end(link.master) : {};
    return {
      ...end(link),
      kind: link.kind,
      mac: link.mac,
      peer: link.peer ? end(link.peer) : null,
      master: link.master ? { ifindex: masterIfindex, name: masterName } : null,
    };
  };

  const listed = async () => {
    const { namespaces, gaps } = await lab.netpeekJson<LsDocument>(['ls', '--all']);
    const nameOf = new Map(namespaces.map(({ id, name }) => [id, name]));
    const told = ({ ifindex, name, kind, mac, peer, master }: LsLink, namespace: string) => ({
      namespace,
      ifindex,
      name,
      kind,
      mac,
      peer: peer && { ...peer, namespace: nameOf.get(peer.namespace) },
      master,
    });
    const links = namespaces.flatMap((namespace) =>
      (namespace.links ?? [])
        .filter(({ kind }) => kind === 'veth' || kind === 'bridge')
        .map((link) => told(link, namespace.name)),
    );
    return { names: namespaces.map(({ name }) => name), gaps, links };
  };
  const byMac = <T extends { readonly mac: string }>(entries: readonly T[]) =>
    entries.toSorted((a, b) => a.mac.localeCompare(b.mac));

  test.each(Array.from({ length: ROUNDS }, (_, round) => round + 1))(
    'are found as they were built, round %i',
    async () => {
      await lab.ok(world.change());
      const kernel = await settledLinks();
      for (const link of world.links) {
        const { ifindex, master } = kernel.get(link.mac) ?? {};
        // Where the model knows the number and the master, so does the kernel: what is compared with is no mere copy.
        expect(ifindex).toBe(link.ifindex ?? ifindex);
        expect(master).toBe(link.master?.name);
        link.ifindex = ifindex;
      }
      const { names, links } = await listed();
      expect(names.toSorted()).toEqual([...world.namespaces].sort());
      expect(byMac(links)).toEqual(byMac(built().map((link) => expected(link, kernel))));
      await agreesWithEthtool(links);
    },
  );

  const agreesWithEthtool = async (links: Awaited<ReturnType<typeof listed>>['links']) => {
    const veths = links.filter(({ kind }) => kind === 'veth');
    for (const [namespace, ends] of Map.groupBy(veths, (link) => link.namespace)) {
      const script = ends.map(({ name }) => `echo ${name}; ethtool -S ${name}`).join('\n');
      const said = await ask(namespace)(['sh', '-c', script]);
      const told = [...said.matchAll(/^(v\d+)\nNIC statistics:\n +peer_ifindex: (\d+)/gm)].map(
        ([, name, ifindex]) => ({
          name,
          ifindex: Number(ifindex),
        }),
      );
      expect(told).toEqual(ends.map(({ name, peer }) => ({ name, ifindex: peer?.ifindex })));
    }
  };
});
