/** What the kernel really does with a flow: an attempt in the lab. */
import type { Host } from '../lab.ts';
import type { CaseFlow } from './flows.ts';

function inside({ sender }: CaseFlow): readonly string[] {
  return sender === 'host' ? [] : ['ip', 'netns', 'exec', sender];
}

/** Whether a connection, or an echo, comes through. */
export async function comesThrough(lab: Host, flow: CaseFlow): Promise<boolean> {
  const { address, port } = flow;
  const attempt =
    port === undefined
      ? ['ping', '-n', '-c1', '-W1', address]
      : ['busybox', 'nc', '-w', '1', address, String(port), '-e', 'true'];
  const { exitCode } = await lab.run([...inside(flow), ...attempt]);
  return exitCode === 0;
}

/** Whether what is large comes through as well: an echo that must not be cut, or a file. */
export async function comesThroughLarge(lab: Host, flow: CaseFlow): Promise<boolean> {
  const { address, port } = flow;
  const attempts = [
    ['ping', '-n', '-c1', '-W1', '-M', 'do', '-s', '1472', address],
    ...(port === undefined
      ? []
      : [['timeout', '3', 'busybox', 'wget', '-q', '-O', '/dev/null', `http://${address}:${port}/large`]]),
  ];
  for (const attempt of attempts) {
    const { exitCode } = await lab.run([...inside(flow), ...attempt]);
    if (exitCode !== 0) return false;
  }
  return true;
}
