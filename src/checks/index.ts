/** The checks in the order in which a packet meets what they look for; a check that silences others comes before them. */
import { bridgeDown } from './bridge-down.ts';
import { bridgePortDown } from './bridge-port-down.ts';
import type { Check } from './check.ts';
import { ctrNoRoute } from './ctr-no-route.ts';
import { ctrOutputBlock } from './ctr-output-block.ts';
import { dockerRulesFlushed } from './docker-rules-flushed.ts';
import { dockerUserBlock } from './docker-user-block.ts';
import { forwardPolicyDrop } from './forward-policy-drop.ts';
import { hostInputDrop } from './host-input-drop.ts';
import { hostNoUpstream } from './host-no-upstream.ts';
import { ifaceForwardingOff } from './iface-forwarding-off.ts';
import { ipForwardOff } from './ip-forward-off.ts';
import { l2FilterDrop } from './l2-filter-drop.ts';
import { legacyNftSplit } from './legacy-nft-split.ts';
import { linkDown } from './link-down.ts';
import { loopbackDown } from './loopback-down.ts';
import { mangleDrop } from './mangle-drop.ts';
import { masqMismatch } from './masq-mismatch.ts';
import { masqMissing } from './masq-missing.ts';
import { netdevHookDrop } from './netdev-hook-drop.ts';
import { networkInternal } from './network-internal.ts';
import { networkModeShape } from './network-mode-shape.ts';
import { networksIsolated } from './networks-isolated.ts';
import { nftNativeDrop } from './nft-native-drop.ts';
import { noAddress } from './no-address.ts';
import { noCarrier } from './no-carrier.ts';
import { noReturnRoute } from './no-return-route.ts';
import { rawDrop } from './raw-drop.ts';
import { routeBlackhole } from './route-blackhole.ts';

export const checks: readonly Check[] = [
  networkModeShape,
  networkInternal,
  loopbackDown,
  linkDown,
  noAddress,
  ctrNoRoute,
  ctrOutputBlock,
  noCarrier,
  bridgePortDown,
  bridgeDown,
  netdevHookDrop,
  l2FilterDrop,
  rawDrop,
  ipForwardOff,
  ifaceForwardingOff,
  routeBlackhole,
  hostNoUpstream,
  legacyNftSplit,
  mangleDrop,
  nftNativeDrop,
  hostInputDrop,
  networksIsolated,
  dockerUserBlock,
  dockerRulesFlushed,
  forwardPolicyDrop,
  masqMismatch,
  masqMissing,
  noReturnRoute,
];
