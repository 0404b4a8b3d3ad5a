import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createFreshness, type Freshness } from '../../../src/session/freshness.ts';
import type { Message } from '../../../src/store/messages.ts';
import { type EventSocket, type NetlinkEvent, SystemError } from '../../../src/system/system.ts';
import { memoryFiles } from '../../helpers/memory-files.ts';
import { done, int32, message } from '../../helpers/netlink-bytes.ts';
import { scriptedHandle, scriptedSystem } from '../../helpers/scripted-system.ts';

const HOST = '1';
const NEW_NETCONF = 80;
const NFT_NEW_RULE = 0x0a06;
const IP_FORWARD = '/proc/sys/net/ipv4/ip_forward';
const BEAT_MS = 1_000;

/** What the kernel is made to say, one event after the other. */
function kernelVoice() {
  const said: NetlinkEvent[] = [];
  let wake = () => {};
  let closed = false;
  const socket: EventSocket = {
    events: async function* () {
      while (!closed) {
        for (const event of said.splice(0)) yield event;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    close: () => {
      closed = true;
      wake();
    },
  };
  const say = (protocol: 'route' | 'netfilter', type: number, nsid?: number) => {
    const bytes = message(type, [int32(0)]);
    said.push({ kind: 'message', protocol, bytes, ...(nsid === undefined ? {} : { nsid }) });
    wake();
  };
  return { socket, say };
}

/** A host without anything in it, on which readings of rules and of sysctls are counted. */
function machine() {
  const readings = { rules: 0, sysctls: 0 };
  const voice = kernelVoice();
  const system = scriptedSystem({
    files: memoryFiles({ namespaces: { '/proc/thread-self/ns/net': HOST } }),
    namespaces: {
      open: () =>
        scriptedHandle(HOST, {
          list: () => [],
          readText: (path) => {
            if (path === IP_FORWARD) readings.sysctls += 1;
            throw new SystemError('ENOENT', `read ${path}`);
          },
          openNetlink: (protocol) => {
            if (protocol === 'netfilter') readings.rules += 1;
            let sequence = 0;
            return {
              send: (bytes) => {
                sequence = new DataView(bytes.buffer).getUint32(8, true);
              },
              receive: () => done({ sequence }),
              close: () => undefined,
            };
          },
          listen: () => voice.socket,
        }),
    },
  });
  return { system, readings, say: voice.say };
}

let freshness: Freshness | undefined;
beforeEach(() => void vi.useFakeTimers());
afterEach(async () => {
  await freshness?.close();
  vi.useRealTimers();
});

/** The focus stands on the host and was read; what is counted from here on is read again. */
async function lookAt(section: 'rulesets' | 'sysctls') {
  const { system, readings, say } = machine();
  const posted: Message[] = [];
  freshness = createFreshness(
    system,
    { endpoint: 'unix:///nowhere.sock', explicit: false },
    { snapshot: () => undefined, post: (each) => void posted.push(each) },
  );
  await vi.advanceTimersByTimeAsync(100);
  freshness.focus(HOST, [section]);
  await vi.advanceTimersByTimeAsync(100);
  expect(posted.at(-1)).toMatchObject({ kind: 'namespace', namespace: { id: HOST } });
  Object.assign(readings, { rules: 0, sysctls: 0 });
  return { readings, say };
}

describe('the rules of the focus', () => {
  test('are read at once when the kernel tells of them', async () => {
    const { readings, say } = await lookAt('rulesets');
    say('netfilter', NFT_NEW_RULE);
    await vi.advanceTimersByTimeAsync(100);
    expect(readings.rules).toBeGreaterThan(0);
  });

  test('are left alone when it tells of those of another namespace', async () => {
    const { readings, say } = await lookAt('rulesets');
    say('netfilter', NFT_NEW_RULE, 5);
    await vi.advanceTimersByTimeAsync(100);
    expect(readings.rules).toBe(0);
  });

  test('are read for their counters every three seconds', async () => {
    const { readings } = await lookAt('rulesets');
    await vi.advanceTimersByTimeAsync(2 * BEAT_MS);
    expect(readings.rules).toBe(0);
    await vi.advanceTimersByTimeAsync(BEAT_MS);
    expect(readings.rules).toBeGreaterThan(0);
  });
});

test('the sysctls of the focus are read at once when the kernel tells of them', async () => {
  const { readings, say } = await lookAt('sysctls');
  say('route', NEW_NETCONF);
  await vi.advanceTimersByTimeAsync(100);
  expect(readings.sysctls).toBe(1);
});
