/** The network that is measured on: many namespaces, each on a bridge, all with the same ifindex for their eth0. */
import type { Lab } from '../test/helpers/lab.ts';

/** Bridges that share the namespaces among them. */
const BRIDGES = 4;

/** Builds namespaces n0, n1, … in the lab, each with an address, a default route and a permanent neighbour. */
export async function buildNamespaces(lab: Lab, count: number): Promise<void> {
  const bridges = numbers(BRIDGES).flatMap((bridge) => [
    `link add br${bridge} up type bridge`,
    `addr add 10.${bridge}.0.1/16 dev br${bridge}`,
  ]);
  const namespaces = numbers(count).flatMap((index) => [
    `netns add n${index}`,
    `link add v${index} up type veth peer name eth0 netns n${index}`,
    `link set v${index} master br${index % BRIDGES}`,
  ]);
  await lab.ok(['ip', '-batch', '-'], { input: [...bridges, ...namespaces].join('\n') });
  const inside = numbers(count).map((index) => {
    const bridge = index % BRIDGES;
    const address = `10.${bridge}.${1 + (index >> 8)}.${index & 255}`;
    return `ip -n n${index} -batch - <<END
link set lo up
link set eth0 up
addr add ${address}/16 dev eth0
route add default via 10.${bridge}.0.1
neigh add 10.${bridge}.0.1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent
END`;
  });
  await lab.ok(['sh', '-eu'], { input: inside.join('\n') });
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
