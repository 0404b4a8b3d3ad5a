/** What watching tells: that something may have changed, and where. Without `where`: in any namespace. */

export type Change =
  /** Namespaces, links or addresses. */
  | { readonly kind: 'wiring'; readonly where?: Where }
  /** Neighbours or routes of some namespace. */
  | { readonly kind: 'tables'; readonly where: Where }
  /** Sysctls of a link, or of all: forwarding, rp_filter and a few more (linux/netconf.h). */
  | { readonly kind: 'sysctls'; readonly where?: Where }
  /** Firewall rules in nf_tables, whoever wrote them. */
  | { readonly kind: 'rulesets'; readonly where?: Where }
  | { readonly kind: 'engine'; readonly connected: boolean; readonly reason?: string };

/** The namespace that a kernel event came from: our own, or the one with this nsid here. */
export type Where = 'own' | { readonly nsid: number };
