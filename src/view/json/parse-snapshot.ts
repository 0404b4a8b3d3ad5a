/** Reads the document `netpeek.snapshot/1` back (docs/json.md). The file is hostile text: everything in it is checked. */
import type { Engine } from '../../model/container.ts';
import type { Gap } from '../../model/gap.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import {
  DecodeError,
  fallback,
  list,
  nullable,
  number,
  object,
  oneOf,
  optional,
  record,
  text,
} from './decode.ts';
import { conntrack, resolver, socket } from './shapes/activity.ts';
import { container, network } from './shapes/container.ts';
import { fdbEntry } from './shapes/fdb.ts';
import { ruleset } from './shapes/firewall.ts';
import { ipset } from './shapes/ipset.ts';
import { link } from './shapes/link.ts';
import { nftTable } from './shapes/nftables.ts';
import { policyRule } from './shapes/policy-rule.ts';
import { address, neighbour, route } from './shapes/tables.ts';
import { trafficControl } from './shapes/traffic-control.ts';

const texts = list(text);

const gap = object<Gap>({
  probe: text,
  namespace: optional(text),
  reason: text,
  needs: optional(text),
});

const namespace = object<Namespace>({
  id: text,
  name: text,
  names: texts,
  kind: oneOf('host', 'container', 'named', 'process', 'hidden'),
  paths: fallback(texts, []),
  pids: list(number),
  nsids: optional(list(object({ namespace: text, nsid: number }))),
  containers: fallback(list(container), []),
  links: optional(list(link)),
  addresses: optional(list(address)),
  routes: optional(list(route)),
  neighbours: optional(list(neighbour)),
  policyRules: optional(list(policyRule)),
  fdb: optional(list(fdbEntry)),
  trafficControl: optional(trafficControl),
  rulesets: optional(list(ruleset)),
  nftables: optional(list(nftTable)),
  ipsets: optional(list(ipset)),
  sysctls: optional(record(text)),
  sockets: optional(list(socket)),
  conntrack: optional(conntrack),
  resolver: optional(resolver),
});

const snapshot = object<Snapshot>({
  takenAt: text,
  hostname: fallback(text, ''),
  engine: fallback(nullable(object<Engine>({ name: text, version: text, endpoint: text })), null),
  namespaces: list(namespace),
  stoppedContainers: fallback(list(container), []),
  networks: fallback(list(network), []),
  gaps: list(gap),
});

const head = object<{ schema: string; netpeek?: string }>({ schema: text, netpeek: optional(text) });
const SCHEMA = /^netpeek\.snapshot\/(\d+)$/;

/** The snapshot that the parsed JSON says. Throws `UserError` with exit code 5; `file` names it there. */
export function parseSnapshot(document: unknown, file: string): Snapshot {
  try {
    const { schema, netpeek = 'another version' } = head(document);
    const [, version] = SCHEMA.exec(schema) ?? [];
    if (version === undefined)
      throw new UserError(EXIT.outside, `${file} is '${schema}' and no snapshot`, ADVICE);
    if (version !== '1')
      throw new UserError(
        EXIT.outside,
        `${file} is '${schema}', which this netpeek cannot read`,
        `use the netpeek that made it (${netpeek}) or a later one`,
      );
    return snapshot(document);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new UserError(EXIT.outside, `${file} is no snapshot of netpeek (${error.message})`, ADVICE);
  }
}

const ADVICE = "make one with 'netpeek snapshot -o FILE'";
