/**
 * `docker-rules-flushed`: the engine has bridge networks, and the kernel has not one of the rules it makes for them.
 * Chain names are looked at for their absence alone.
 */
import type { Family } from '../model/address.ts';
import type { Namespace } from '../model/namespace.ts';
import { familyOf } from '../path/prefix.ts';
import { defineCheck, findFault } from './check.ts';
import { findFiltered } from './filtered.ts';
import { findUnheard } from './listeners.ts';
import { commandIn } from './shell.ts';

export const dockerRulesFlushed = defineCheck({
  id: 'docker-rules-flushed',
  title: "Docker's firewall rules are gone",
  needs: ['engine', 'networks', 'rulesets'],
  silences: ['masq-missing', 'masq-mismatch', 'forward-policy-drop', 'dnat-missing'],
  evaluate: (context) => {
    const { snapshot, from } = context;
    const crossing = findFault(context, 'not-translated') ?? findFiltered(context, 'forward-policy-drop');
    const namespace = crossing?.namespace ?? findUnheard(context, 'dnat-missing')?.namespace;
    if (!namespace || snapshot.engine?.name !== 'Docker') return undefined;
    const bridges = snapshot.networks.filter(
      ({ driver, bridge }) => driver === 'bridge' && bridge !== undefined,
    );
    const passed = [crossing?.inLink?.name, crossing?.outLink?.name];
    if (crossing && !bridges.some(({ bridge }) => passed.includes(bridge))) return undefined;
    // Each family has its own, which are not flushed together.
    const family = familyOf(context.flow.destination);
    if (!namespace.rulesets || family !== 'ipv4' || hasOwnRules(namespace, family)) return undefined;
    if (snapshot.gaps.some(({ probe, namespace: id }) => probe === 'nft' && id === namespace.id))
      return 'inconclusive';
    return {
      confidence: 'likely',
      namespace: namespace.name,
      subject: 'chains DOCKER and rules MASQUERADE',
      evidence: [
        {
          source: commandIn(namespace, 'iptables-save'),
          value: 'no chain DOCKER and no MASQUERADE, in both flavours',
        },
        {
          source: 'docker network ls --filter driver=bridge',
          value: bridges.map(({ name }) => name).join(', '),
        },
      ],
      fix: ['systemctl restart docker'],
      more: `Docker writes its rules when it starts and does not notice when they go. A firewall script, 'nft flush ruleset' in /etc/nftables.conf or a restart of the firewall service deletes them together with its own; containers such as ${from.name} then lose the way out and their published ports. Restarting Docker writes them again; let the script delete only its own tables. With "iptables": false in daemon.json the rules were never there, and are yours to make.`,
    };
  },
});

function hasOwnRules({ rulesets = [], nftables = [] }: Namespace, family: Family): boolean {
  // Docker 29 can write tables of nftables itself.
  if (nftables.some(({ name }) => /docker/i.test(name))) return true;
  const own = rulesets.filter((ruleset) => ruleset.family === family);
  return own.some(({ tables }) =>
    tables.some(({ chains }) =>
      chains.some(
        ({ name, rules }) => /^DOCKER/.test(name) || rules.some(({ target }) => target === 'MASQUERADE'),
      ),
    ),
  );
}
