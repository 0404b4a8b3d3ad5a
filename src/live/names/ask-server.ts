/** Asks one server for the addresses of one name, by UDP, from a namespace: IPv4 and IPv6 at once, as getaddrinfo(3) does. */
import type { AskedOutcome } from '../../model/name-answer.ts';
import { familyOf } from '../../path/prefix.ts';
import { type NamespaceHandle, type System, SystemError, type WireSocket } from '../../system/system.ts';
import { socketAddress } from '../prove/socket-address.ts';
import { type Answer, decodeAnswer, encodeQuestion, type Question } from './dns-message.ts';

export type ServerAnswer = {
  readonly outcome: AskedOutcome;
  readonly addresses: readonly string[];
  readonly detail?: string;
};

export type AskOptions = {
  /** Milliseconds until there is no answer. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
};

const DNS_PORT = 53;
/** Milliseconds: a question may be lost while neighbours find each other, and is asked once more. */
const AGAIN_AFTER_MS = 600;
/** Milliseconds that the answer of one family may be late: some servers never answer for IPv6. */
const OTHER_FAMILY_MS = 400;
/** At a time, so that an end that was asked for comes soon. */
const LONGEST_WAIT_MS = 50;
/** Datagrams read for one question: more that do not answer it is a flood. */
const MOST_DATAGRAMS = 64;
const NXDOMAIN = 3;
const SERVFAIL = 2;

/** Never throws for what a server or the way to it does. */
export async function askServer(
  { clock, namespaces }: Pick<System, 'clock' | 'namespaces'>,
  namespace: NamespaceHandle,
  { server, name }: { readonly server: string; readonly name: string },
  { patienceMs, signal }: AskOptions,
): Promise<ServerAnswer> {
  const family = familyOf(server);
  if (!family) return { outcome: 'unreachable', addresses: [], detail: 'the address has a zone' };
  let socket: WireSocket | undefined;
  try {
    socket = namespace.openWire({ kind: 'udp', family });
    // Connected: what comes from anybody else is not heard, and what ICMP says is.
    socket.connect(socketAddress(family, server, DNS_PORT));
    const conversation = new Conversation(socket, name);
    const start = clock.monotonicMs();
    let end = start + patienceMs;
    let again = start + AGAIN_AFTER_MS;
    conversation.ask();
    for (;;) {
      if (conversation.read()) return conversation.conclude();
      const now = clock.monotonicMs();
      if (conversation.hasAddresses()) end = Math.min(end, now + OTHER_FAMILY_MS);
      if (now >= end || signal.aborted) return conversation.conclude();
      if (now >= again) {
        conversation.ask();
        again = Number.POSITIVE_INFINITY;
      }
      await namespaces.waitForAny([socket], Math.min(end - now, LONGEST_WAIT_MS));
    }
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    const outcome = error.code === 'ECONNREFUSED' ? 'nobody-listens' : 'unreachable';
    return { outcome, addresses: [], detail: error.code };
  } finally {
    socket?.close();
  }
}

/** Two questions, and what has come for them. */
class Conversation {
  readonly #socket: WireSocket;
  readonly #questions: readonly Question[];
  readonly #answers = new Map<Question, Answer>();
  #datagrams = 0;

  constructor(socket: WireSocket, name: string) {
    const [first = 0, second = 0] = crypto.getRandomValues(new Uint16Array(2));
    this.#socket = socket;
    this.#questions = [
      { id: first, name, type: 'A' },
      { id: second === first ? first ^ 1 : second, name, type: 'AAAA' },
    ];
  }

  /** Those that nothing has answered yet. */
  ask(): void {
    for (const question of this.#questions)
      if (!this.#answers.has(question)) this.#socket.send(encodeQuestion(question));
  }

  /** Whether all is answered, or nothing more will be read. */
  read(): boolean {
    for (let one = this.#socket.receive(); one; one = this.#socket.receive()) {
      this.#datagrams += 1;
      for (const question of this.#questions) {
        const answer = decodeAnswer(one.bytes, question);
        if (answer) this.#answers.set(question, answer);
      }
      if (this.#datagrams >= MOST_DATAGRAMS) return true;
    }
    return this.#answers.size === this.#questions.length;
  }

  hasAddresses(): boolean {
    return [...this.#answers.values()].some(({ addresses }) => addresses.length > 0);
  }

  conclude(): ServerAnswer {
    const answers = [...this.#answers.values()];
    const addresses = answers.flatMap((answer) => answer.addresses);
    if (addresses.length > 0) return { outcome: 'answered', addresses };
    const codes = answers.map(({ code }) => code);
    const [code] = codes;
    if (code === undefined) return { outcome: 'no-answer', addresses };
    if (codes.includes(NXDOMAIN)) return { outcome: 'no-such-name', addresses };
    const bad = codes.find((one) => one !== 0);
    if (bad === SERVFAIL) return { outcome: 'server-failed', addresses };
    if (bad !== undefined) return { outcome: 'server-refused', addresses, detail: `RCODE ${bad}` };
    // One half without an address says nothing of the other.
    return { outcome: answers.length === this.#questions.length ? 'no-address' : 'no-answer', addresses };
  }
}
