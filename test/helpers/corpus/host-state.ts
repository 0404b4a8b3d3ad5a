/** Everything of a host that a diagnosis might leave something in, as text, without what counts and ages by itself. */
import type { Host } from '../lab.ts';

const SCRIPT = `
for n in $(ip netns list | cut -d' ' -f1 | sort); do
  echo "== $n"; ip netns exec $n sh -c 'nft -s list ruleset; ip -d link; ip rule'
done
echo "== host"; nft -s list ruleset
iptables-save; ip6tables-save
[ ! -s /proc/net/ip_tables_names ] || iptables-legacy-save
ip -d link; ip rule; ip -6 rule; tc qdisc show
echo "== mounts"; cut -d' ' -f3- /proc/self/mountinfo
echo "== tracing"; ls /sys/kernel/tracing/instances
echo "== files"; find /run -not -path '/run/docker*' | sort
echo "== processes"; ps -eo comm= | grep -vx -e ps -e sh -e grep -e sort | sort`;

export async function readHostState(lab: Host): Promise<string> {
  const { stdout } = await lab.run(['sh', '-c', SCRIPT]);
  // What counts, timers of bridges, and what a link finds out by itself a second after it was set up (linkwatch).
  return stdout
    .replace(/^#.*$/gm, '')
    .replace(/\[\d+:\d+\]|_timer +[\d.]+|counter packets \d+ bytes \d+/g, '')
    .replace(/NO-CARRIER,|,LOWER_UP| state [A-Z]+/g, '');
}
