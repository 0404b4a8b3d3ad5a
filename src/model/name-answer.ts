/** What became of a name that was to be resolved as a namespace's processes would (getaddrinfo(3), resolv.conf(5)). */

/**
 * What a server made of one question (RFC 1035, 4.1.1): it has addresses; there is no such name (NXDOMAIN); there is, without
 * an address; it could not find out (SERVFAIL), or would not (REFUSED and other codes); nothing came back; a socket said why.
 */
export type AskedOutcome =
  | 'answered'
  | 'no-such-name'
  | 'no-address'
  | 'server-failed'
  | 'server-refused'
  | 'no-answer'
  | 'nobody-listens'
  | 'unreachable';

/** One name that one server was asked for, its IPv4 and IPv6 addresses at once. */
export type Asked = {
  readonly server: string;
  /** The name of the namespace that asked. */
  readonly namespace: string;
  /** As it was asked for, with what the search list added. */
  readonly name: string;
  readonly outcome: AskedOutcome;
  /** The number of an unusual answer (`RCODE 5`), or the errno of a socket. */
  readonly detail?: string;
  /** Asked in the stead of Docker's embedded server, which should ask it. */
  readonly upstream?: boolean;
};

export type NameAnswer = {
  /** As the user wrote it, without a port. */
  readonly name: string;
  /** In the order in which they would be tried; empty where it was not resolved. */
  readonly addresses: readonly string[];
  /** Who knew: a hosts file, the engine's list of containers, a server; null where nobody did. */
  readonly source: 'hosts' | 'engine' | 'server' | null;
  /** In the order in which they were asked; empty where nothing was sent. */
  readonly asked: readonly Asked[];
};

const OUTCOMES: Readonly<Record<Asked['outcome'], string>> = {
  answered: 'answers',
  'no-such-name': 'says that there is no such name (NXDOMAIN)',
  'no-address': 'knows the name and no address of it',
  'server-failed': 'could not find out (SERVFAIL)',
  'server-refused': 'refuses to say',
  'no-answer': 'does not answer',
  'nobody-listens': 'is not there: the question is refused',
  unreachable: 'cannot be reached',
};

/** Such as `127.0.0.11 does not answer`. */
export function describeAsked({ server, outcome, detail }: Asked): string {
  return `${server} ${OUTCOMES[outcome]}${detail === undefined ? '' : ` (${detail})`}`;
}
