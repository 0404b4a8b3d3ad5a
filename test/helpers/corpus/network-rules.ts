/** The rules of a healthy host, in one of several styles. */
import type { NetworkFacts, Side } from './network.ts';

export function rulesOf(net: NetworkFacts): string {
  if (net.style === 'native') return native(net);
  if (net.style === 'open')
    return translation({ ...net, chain: 'POSTROUTING' }) + published(net, ['PREROUTING', 'OUTPUT']);
  if (net.style === 'plain' || net.style === 'legacy') return plain(net);
  return docker(net);
}

/** A side's subnet as a rule names it. */
export function subnetOf({ net, length }: Side): string {
  return length === 16 ? `${net.split('.').slice(0, 2).join('.')}.0.0/16` : `${net}.0/24`;
}

function sides({ first, second }: NetworkFacts): readonly Side[] {
  return [first, second];
}

function translation(net: NetworkFacts & { readonly chain: string }): string {
  const one = (side: Side) =>
    `${net.tool} -t nat -A ${net.chain} -s ${subnetOf(side)} ! -o ${side.bridge} -j MASQUERADE\n`;
  return sides(net).map(one).join('');
}

function published(
  { tool, host, publishedPort, servicePort, first }: NetworkFacts,
  chains: readonly string[],
) {
  return chains
    .map(
      (chain) =>
        `${tool} -t nat -A ${chain} -d ${host} -p tcp --dport ${publishedPort} -j DNAT --to-destination ${first.net}.3:${servicePort}\n`,
    )
    .join('');
}

/** A policy of DROP and a pair of accepts for each bridge: nothing keeps the bridges apart. */
function plain(net: NetworkFacts): string {
  const { tool, first, servicePort } = net;
  const accepts = sides(net).map(
    ({ bridge }) => `
  ${tool} -A FORWARD -o ${bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
  ${tool} -A FORWARD -i ${bridge} -j ACCEPT`,
  );
  return `
  ${tool} -P FORWARD DROP
  ${accepts.join('')}
  ${tool} -A FORWARD -d ${first.net}.3 -p tcp --dport ${servicePort} -j ACCEPT
  ${translation({ ...net, chain: 'POSTROUTING' })}${published(net, ['PREROUTING', 'OUTPUT'])}`;
}

/** The chains of Docker 20.10 without its userland proxy, jumps and order included. */
function docker(net: NetworkFacts): string {
  const { tool, first, servicePort, publishedPort } = net;
  const all = sides(net);
  const target = `${first.net}.3`;
  const jumps = all.map(
    ({ bridge }) => `
  ${tool} -A FORWARD -o ${bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
  ${tool} -A FORWARD -o ${bridge} -j DOCKER
  ${tool} -A FORWARD -i ${bridge} ! -o ${bridge} -j ACCEPT
  ${tool} -A FORWARD -i ${bridge} -o ${bridge} -j ACCEPT
  ${tool} -A DOCKER-ISOLATION-STAGE-1 -i ${bridge} ! -o ${bridge} -j DOCKER-ISOLATION-STAGE-2
  ${tool} -A DOCKER-ISOLATION-STAGE-2 -o ${bridge} -j DROP`,
  );
  return `
  for c in DOCKER DOCKER-ISOLATION-STAGE-1 DOCKER-ISOLATION-STAGE-2 DOCKER-USER; do ${tool} -N $c; done
  ${tool} -t nat -N DOCKER
  ${tool} -P FORWARD DROP
  ${tool} -A FORWARD -j DOCKER-USER
  ${tool} -A FORWARD -j DOCKER-ISOLATION-STAGE-1
  ${jumps.join('')}
  for c in DOCKER-ISOLATION-STAGE-1 DOCKER-ISOLATION-STAGE-2 DOCKER-USER; do ${tool} -A $c -j RETURN; done
  ${tool} -A DOCKER -d ${target}/32 ! -i ${first.bridge} -o ${first.bridge} -p tcp -m tcp --dport ${servicePort} -j ACCEPT
  ${translation({ ...net, chain: 'POSTROUTING' })}
  ${tool} -t nat -A POSTROUTING -s ${target}/32 -d ${target}/32 -p tcp -m tcp --dport ${servicePort} -j MASQUERADE
  ${tool} -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
  ${tool} -t nat -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
  ${tool} -t nat -A DOCKER -p tcp -m tcp --dport ${publishedPort} -j DNAT --to-destination ${target}:${servicePort}`;
}

/** nftables itself: one table for all, accepts by set, translations in it as well. */
function native(net: NetworkFacts): string {
  const { first, second, host, publishedPort, servicePort } = net;
  const bridges = `"${first.bridge}", "${second.bridge}"`;
  return `
nft -f - <<'RULES'
table ip router {
  set insides { type ifname; elements = { ${bridges} }; }
  chain passing {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    iifname @insides accept
    ct status dnat accept
  }
  chain before { type nat hook prerouting priority dstnat; policy accept;
    ip daddr ${host} tcp dport ${publishedPort} dnat to ${first.net}.3:${servicePort}
  }
  chain sent { type nat hook output priority -100; policy accept;
    ip daddr ${host} tcp dport ${publishedPort} dnat to ${first.net}.3:${servicePort}
  }
  chain after { type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${subnetOf(first)} oifname != "${first.bridge}" masquerade
    ip saddr ${subnetOf(second)} oifname != "${second.bridge}" masquerade
  }
}
RULES`;
}
