/** The checks in the order in which a packet meets what they look for; a check that silences others comes before them. */
import { addressOnBridgePort } from './address-on-bridge-port.ts';
import { arpSuppressed } from './arp-suppressed.ts';
import { brNetfilterDrop } from './br-netfilter-drop.ts';
import { bridgeDown } from './bridge-down.ts';
import { bridgeLostIp } from './bridge-lost-ip.ts';
import { bridgePortDown } from './bridge-port-down.ts';
import { bridgePortIsolated } from './bridge-port-isolated.ts';
import { bridgePortState } from './bridge-port-state.ts';
import { bridgeVlanFilter } from './bridge-vlan-filter.ts';
import type { Check } from './check.ts';
import { ctrNoRoute } from './ctr-no-route.ts';
import { ctrOutputBlock } from './ctr-output-block.ts';
import { ctrRedirectDead } from './ctr-redirect-dead.ts';
import { ctrWrongGateway } from './ctr-wrong-gateway.ts';
import { destinationUnowned } from './destination-unowned.ts';
import { dnatMissing } from './dnat-missing.ts';
import { dnatStale } from './dnat-stale.ts';
import { dockerRulesFlushed } from './docker-rules-flushed.ts';
import { dockerUserBlock } from './docker-user-block.ts';
import { docker28DirectDrop } from './docker28-direct-drop.ts';
import { dupIp } from './dup-ip.ts';
import { dupMac } from './dup-mac.ts';
import { fdbWrong } from './fdb-wrong.ts';
import { filterAcceptMissing } from './filter-accept-missing.ts';
import { firewalldZoneReject } from './firewalld-zone-reject.ts';
import { forwardPolicyDrop } from './forward-policy-drop.ts';
import { gatewayArpFailed } from './gateway-arp-failed.ts';
import { hairpinOff } from './hairpin-off.ts';
import { hostInputDrop } from './host-input-drop.ts';
import { hostNoUpstream } from './host-no-upstream.ts';
import { iccOff } from './icc-off.ts';
import { ifaceForwardingOff } from './iface-forwarding-off.ts';
import { ipForwardOff } from './ip-forward-off.ts';
import { ipv6ForwardOff } from './ipv6-forward-off.ts';
import { ipv6NoNat66 } from './ipv6-no-nat66.ts';
import { l2FilterDrop } from './l2-filter-drop.ts';
import { legacyNftSplit } from './legacy-nft-split.ts';
import { linkDown } from './link-down.ts';
import { listenBacklogFull } from './listen-backlog-full.ts';
import { localSourceMartian } from './local-source-martian.ts';
import { localhostMisuse } from './localhost-misuse.ts';
import { loopbackDown } from './loopback-down.ts';
import { macvlanHostIsolation } from './macvlan-host-isolation.ts';
import { mangleDrop } from './mangle-drop.ts';
import { masqMismatch } from './masq-mismatch.ts';
import { masqMissing } from './masq-missing.ts';
import { mtuBlackhole } from './mtu-blackhole.ts';
import { mtuLinkMismatch } from './mtu-link-mismatch.ts';
import { netdevHookDrop } from './netdev-hook-drop.ts';
import { networkInternal } from './network-internal.ts';
import { networkModeShape } from './network-mode-shape.ts';
import { networksIsolated } from './networks-isolated.ts';
import { nftNativeDrop } from './nft-native-drop.ts';
import { noAddress } from './no-address.ts';
import { noCarrier } from './no-carrier.ts';
import { noReturnRoute } from './no-return-route.ts';
import { policyRouteHijack } from './policy-route-hijack.ts';
import { proxyArpNeeded } from './proxy-arp-needed.ts';
import { publishHostIpGone } from './publish-host-ip-gone.ts';
import { publishLoopbackOnly } from './publish-loopback-only.ts';
import { publishWrongPort } from './publish-wrong-port.ts';
import { qdiscLoss } from './qdisc-loss.ts';
import { rawDrop } from './raw-drop.ts';
import { rawNotrack } from './raw-notrack.ts';
import { routeBlackhole } from './route-blackhole.ts';
import { routeLocalnetOff } from './route-localnet-off.ts';
import { rpFilterStrict } from './rp-filter-strict.ts';
import { snatWrongSource } from './snat-wrong-source.ts';
import { staleArp } from './stale-arp.ts';
import { subnetOverlap } from './subnet-overlap.ts';
import { svcListensLoopback } from './svc-listens-loopback.ts';
import { svcNotListening } from './svc-not-listening.ts';
import { tcOrXdpDrop } from './tc-or-xdp-drop.ts';
import { ttlHopLimit } from './ttl-hop-limit.ts';
import { vethNotEnslaved } from './veth-not-enslaved.ts';
import { vethWrongBridge } from './veth-wrong-bridge.ts';
import { wrongPrefix } from './wrong-prefix.ts';

export const checks: readonly Check[] = [
  vethNotEnslaved,
  vethWrongBridge,
  networkModeShape,
  networkInternal,
  loopbackDown,
  linkDown,
  noAddress,
  wrongPrefix,
  ctrNoRoute,
  ctrOutputBlock,
  routeLocalnetOff,
  proxyArpNeeded,
  ctrWrongGateway,
  bridgeLostIp,
  noCarrier,
  bridgePortDown,
  bridgeDown,
  netdevHookDrop,
  tcOrXdpDrop,
  dupIp,
  dupMac,
  bridgePortState,
  bridgeVlanFilter,
  l2FilterDrop,
  localSourceMartian,
  rpFilterStrict,
  policyRouteHijack,
  addressOnBridgePort,
  arpSuppressed,
  staleArp,
  fdbWrong,
  bridgePortIsolated,
  hairpinOff,
  macvlanHostIsolation,
  docker28DirectDrop,
  rawDrop,
  rawNotrack,
  ipForwardOff,
  ifaceForwardingOff,
  ipv6ForwardOff,
  ttlHopLimit,
  routeBlackhole,
  hostNoUpstream,
  legacyNftSplit,
  mangleDrop,
  iccOff,
  brNetfilterDrop,
  nftNativeDrop,
  firewalldZoneReject,
  hostInputDrop,
  networksIsolated,
  dockerUserBlock,
  dockerRulesFlushed,
  forwardPolicyDrop,
  filterAcceptMissing,
  snatWrongSource,
  masqMismatch,
  masqMissing,
  ipv6NoNat66,
  gatewayArpFailed,
  dnatStale,
  subnetOverlap,
  destinationUnowned,
  publishLoopbackOnly,
  publishHostIpGone,
  dnatMissing,
  ctrRedirectDead,
  localhostMisuse,
  svcListensLoopback,
  publishWrongPort,
  svcNotListening,
  listenBacklogFull,
  qdiscLoss,
  mtuLinkMismatch,
  mtuBlackhole,
  noReturnRoute,
];
