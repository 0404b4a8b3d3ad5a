/** What a shell offers while somebody types. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLab, type Lab } from '../helpers/lab.ts';
import { checkout } from '../helpers/paths.ts';

describe('completion', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(`
      for name in web web2; do
        ip netns add $name
        ip link add to-$name type veth peer name eth0 netns $name
      done
      ip netns add 'web;reboot'
      ip netns add c:d
      ip link add 'to$(id)' type bridge
      touch /run/web.json`);
  });
  afterAll(() => lab.dispose());

  const env = { PATH: `${checkout}/scripts:/usr/sbin:/usr/bin:/sbin:/bin`, HOME: '/run/home' };
  /** bash calls the function that the script registers, with the line and the cursor. */
  const inBash = async (line: string): Promise<readonly string[]> => {
    const script = `set -eu
      source <(netpeek completion bash)
      complete -p netpeek > /dev/null
      COMP_LINE=$1; COMP_POINT=\${#1}
      _netpeek netpeek
      for reply in "\${COMPREPLY[@]}"; do echo "$reply"; done`;
    const said = await lab.ok(['bash', '-c', script, 'bash', line], { env });
    return said.split('\n').filter(Boolean);
  };
  /** fish prints what it would offer, a description behind a tab. */
  const inFish = async (line: string): Promise<readonly string[]> => {
    await lab.ok(['mkdir', '-p', env.HOME]);
    const script = 'netpeek completion fish | source; complete -C $argv[1]';
    const said = await lab.ok(['fish', '-c', script, line], { env });
    return said
      .split('\n')
      .flatMap((offer) => offer.split('\t').slice(0, 1))
      .filter(Boolean);
  };

  describe.each([
    ['bash', inBash],
    ['fish', inFish],
  ] as const)('in %s', (shell, complete) => {
    test('of commands', async () => {
      expect(await complete('netpeek sn')).toEqual(['snapshot']);
      expect(await complete('netpeek netns a')).toEqual(['attach']);
    });

    test('of targets and links that there are right now', async () => {
      expect(await complete('netpeek ls w')).toEqual(['web', 'web2']);
      expect(await complete('netpeek ls c:')).toEqual([shell === 'fish' ? 'c:d' : 'd']);
      expect(await complete('netpeek veth to-')).toEqual(['to-web', 'to-web2']);
      expect(await complete('netpeek capture web2/')).toEqual(['web2/eth0']);
    });

    test('never offers what a shell would run', async () => {
      expect((await complete('netpeek ls ')).filter((word) => /[;$]/.test(word))).toEqual([]);
    });

    test('of options, their values and sections', async () => {
      expect(await complete('netpeek graph --fo')).toEqual(['--format']);
      expect(await complete('netpeek graph --format m')).toEqual(['mermaid']);
      expect(await complete('netpeek graph --format=m')).toEqual([
        shell === 'fish' ? '--format=mermaid' : 'mermaid',
      ]);
      expect(await complete('netpeek show web ro')).toEqual(['routes']);
    });

    test('leaves files to the shell', async () => {
      // bash looks for files where it is offered nothing, fish offers them itself.
      const files = shell === 'fish' ? ['/run/web.json'] : [];
      expect(await complete('netpeek diff /run/we')).toEqual(files);
      expect(await complete('netpeek --snapshot /run/we')).toEqual(files);
      expect(await complete('netpeek exec web -- cat /run/we')).toEqual(files);
    });
  });

  test('is quiet about what it cannot look up', async () => {
    expect(
      await lab.netpeek(['__complete', '--docker-host', 'unix:///nowhere.sock', '--', 'ls', 'w']),
    ).toEqual({
      stdout: '',
      stderr: '',
      exitCode: 0,
    });
  });

  test('knows its shells', async () => {
    expect((await lab.netpeek(['completion', 'csh'])).exitCode).toBe(2);
    expect((await lab.netpeek(['completion', 'zsh'])).stdout).toMatch(/^#compdef netpeek\n/);
    expect((await lab.netpeek(['completion', 'fish'])).stdout).toContain('complete -c netpeek -f');
  });
});
