import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commandIn, quoteWord } from '../../../src/checks/shell.ts';
import { ask, ETH0, WEB_SYSCTLS, webLinks, world } from './world.ts';

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
    const sysctls = Object.fromEntries(
      Object.entries(WEB_SYSCTLS).map(([path, value]) => [path.replace('/eth0/', `/${name}/`), value]),
    );
    const [cause] = ask({ web: { links: webLinks(hostile), sysctls } }).causes;
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
