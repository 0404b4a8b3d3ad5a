import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../src/checks/diagnose.ts';
import { commandIn, quoteWord } from '../../../src/checks/shell.ts';
import { ETH0, link, world } from './world.ts';

describe('commands to paste', () => {
  test('any word reaches the program as it is', () => {
    const word = fc.string({ minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
        const script = `printf '%s\\n' ${words.map(quoteWord).join(' ')}`;
        expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(`${words.join('\n')}\n`);
      }),
      { numRuns: 50 },
    );
  });

  test('a link with a hostile name is quoted in the fix', () => {
    const name = "x';reboot;'";
    const hostile = { ...ETH0, name, adminUp: false, carrier: false };
    const { snapshot, web } = world({ web: { links: [link(1, 'lo', { kind: 'loopback' }), hostile] } });
    const [cause] = diagnose(snapshot, { from: web, fromText: 'web' }).causes;
    expect(cause?.fix).toEqual([String.raw`nsenter -t 77 -n ip link set dev 'x'\'';reboot;'\''' up`]);
  });

  test('the namespace is entered by pid, by its ip netns name or by its path', () => {
    const { web, host } = world();
    expect(commandIn(host, 'ip', 'link')).toBe('ip link');
    expect(commandIn(web, 'ip', 'link')).toBe('nsenter -t 77 -n ip link');
    expect(commandIn({ ...web, pids: [], names: ['blue', 'netns:blue one'] }, 'ip', 'link')).toBe(
      "ip netns exec 'blue one' ip link",
    );
    expect(commandIn({ ...web, pids: [], paths: ['/tmp/ns'] }, 'ip', 'link')).toBe(
      'nsenter --net=/tmp/ns ip link',
    );
  });
});
