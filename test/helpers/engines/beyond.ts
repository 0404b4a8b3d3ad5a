/**
 * A machine that nobody in the lab can see, as the machines behind a real uplink are: a server in a network namespace of
 * its own, held by a process outside of the lab. It ends with the process that made it, which closes its input.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import type { Lab } from '../lab.ts';
import { node } from '../paths.ts';
import { waitFor } from '../wait-for.ts';
import type { Service } from './actor.ts';

const run = promisify(execFile);

/** Of the block for measurements (RFC 2544), so on no other link here. */
export const BEYOND = '198.18.0.1';

/** Joins it to the lab by the link `far0`, on which the lab has 198.18.0.2; it knows no other route. Returns what ends it. */
export async function addBeyond(lab: Lab, ports: readonly number[]): Promise<() => Promise<void>> {
  const service: Service = {
    name: 'beyond',
    listeners: ports.map((port) => ({ proto: 'tcp', address: '::', port })),
    untilInputEnds: true,
  };
  const argv = ['--net', node, `${import.meta.dirname}/actor.ts`, 'serve', JSON.stringify(service)];
  const holder = spawn('unshare', argv, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(holder, 'close');
  let said = '';
  holder.stdout.on('data', (text) => {
    said += text;
  });
  await waitFor('the server beyond', () => said.includes('ready'));
  await lab.ok(
    'ip link add far0 type veth peer name far1; ip address add 198.18.0.2/24 dev far0; ip link set far0 up',
  );
  // The lab cannot name the process: only its network namespace is entered.
  await run('nsenter', [
    '--target',
    `${lab.pid}`,
    '--net',
    'ip',
    'link',
    'set',
    'far1',
    'netns',
    `${holder.pid}`,
  ]);
  for (const words of [`address add ${BEYOND}/24 dev far1`, 'link set far1 up'])
    await run('nsenter', [`--net=/proc/${holder.pid}/ns/net`, 'ip', ...words.split(' ')]);
  return async () => {
    holder.stdin.end();
    await ended;
  };
}
