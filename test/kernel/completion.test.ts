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
      ip link add 'to$(id)' type bridge
      touch /run/web.json`);
  });
  afterAll(() => lab.dispose());

  /** Completes as bash does: it calls the function that the script registers, with the line and the cursor. */
  const complete = async (line: string): Promise<readonly string[]> => {
    const script = `set -eu
      source <(netpeek completion bash)
      complete -p netpeek > /dev/null
      COMP_LINE=$1; COMP_POINT=\${#1}
      _netpeek netpeek
      for reply in "\${COMPREPLY[@]}"; do echo "$reply"; done`;
    const env = { PATH: `${checkout}/scripts:/usr/sbin:/usr/bin:/sbin:/bin` };
    const said = await lab.ok(['bash', '-c', script, 'bash', line], { env });
    return said.split('\n').filter(Boolean);
  };

  test('of commands', async () => {
    expect(await complete('netpeek sn')).toEqual(['snapshot']);
    expect(await complete('netpeek netns a')).toEqual(['attach']);
  });

  test('of targets and links that there are right now', async () => {
    expect(await complete('netpeek ls w')).toEqual(['web', 'web2']);
    expect(await complete('netpeek veth to-')).toEqual(['to-web', 'to-web2']);
    expect(await complete('netpeek capture web2/')).toEqual(['web2/eth0']);
  });

  test('never offers what a shell would run', async () => {
    expect((await complete('netpeek ls ')).filter((word) => /[;$]/.test(word))).toEqual([]);
  });

  test('of options, their values and sections', async () => {
    expect(await complete('netpeek graph --fo')).toEqual(['--format']);
    expect(await complete('netpeek graph --format m')).toEqual(['mermaid']);
    expect(await complete('netpeek show web ro')).toEqual(['routes']);
  });

  test('leaves files to the shell', async () => {
    expect(await complete('netpeek diff /run/we')).toEqual([]);
    expect(await complete('netpeek exec web -- l')).toEqual([]);
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
