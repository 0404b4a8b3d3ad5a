/** The JSON that netpeek prints, as far as tests read it. */
import type { Chain } from '../../src/model/firewall.ts';
import type { Gap } from '../../src/model/gap.ts';
import type { Namespace } from '../../src/model/namespace.ts';

type Document = { readonly schema: string; readonly takenAt: string; readonly gaps: readonly Gap[] };

export type LsLink = {
  readonly ifindex: number;
  readonly name: string;
  readonly kind: string;
  readonly mac: string;
  readonly mtu: number;
  readonly operState: string;
  readonly adminUp: boolean;
  readonly carrier: boolean;
  readonly addresses: readonly string[];
  readonly peer: { readonly namespace: string; readonly ifindex: number; readonly name: string } | null;
  readonly peerUnknown?: string;
  readonly master: { readonly ifindex: number; readonly name: string } | null;
  readonly network: string | null;
};

export type LsNamespace = {
  readonly id: string;
  readonly name: string;
  readonly names: readonly string[];
  readonly kind: string;
  readonly pids: readonly number[];
  readonly container: { readonly name: string } | null;
  readonly containers: readonly { readonly name: string; readonly compose?: object }[];
  readonly links?: readonly LsLink[];
};

export type LsDocument = Document & { readonly namespaces: readonly LsNamespace[] };

export type Veth = {
  readonly container: string | null;
  readonly namespace: string;
  readonly link: string;
  readonly ifindex: number;
  readonly hostLink: string | null;
  readonly hostIfindex: number | null;
  readonly peerNamespace: string | null;
  readonly peerNamespaceId?: string | null;
  readonly peerUnknown?: string;
  readonly bridge: string | null;
  readonly network: string | null;
  readonly addresses: readonly string[];
  readonly mac: string;
};

export type VethDocument = Document & { readonly veths: readonly Veth[] };

export type NatTable = {
  readonly family: string;
  readonly flavour: string;
  readonly chains: readonly Chain[];
};

export type ShowDocument = Document &
  Required<Pick<Namespace, 'addresses' | 'routes' | 'neighbours'>> & { readonly nat: readonly NatTable[] };
