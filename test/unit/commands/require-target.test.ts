import { describe, expect, test } from 'vitest';
import { requireTarget } from '../../../src/commands/require-target.ts';
import { SystemError } from '../../../src/system/system.ts';
import { container, link, namespace, snapshot } from '../../helpers/made-up.ts';
import { memoryFiles } from '../../helpers/memory-files.ts';

const shop = (index: number) =>
  container({
    id: `${index}abc`.padEnd(64, '0'),
    name: `shop-web-${index}`,
    compose: { project: 'shop', service: 'web' },
  });
const host = namespace({
  id: '1',
  name: 'host',
  kind: 'host',
  links: [link({ ifindex: 1, name: 'lo' }), link({ ifindex: 7, name: 'veth7' })],
});
const eth0 = link({ ifindex: 2, name: 'eth0' });
const one = namespace({ id: '11', name: 'shop-web-1', pids: [40], containers: [shop(1)], links: [eth0] });
const two = namespace({ id: '12', name: 'shop-web-2', pids: [50], containers: [shop(2)], links: [eth0] });
const blue = namespace({ id: '13', name: 'blue', kind: 'named', paths: ['/run/netns/blue'], links: [] });
const stopped = container({ id: 'dead'.padEnd(64, '0'), name: 'old', state: 'exited' });
const seen = snapshot({ namespaces: [host, one, two, blue], stoppedContainers: [stopped] });

const files = memoryFiles({
  links: { '/proc/41/ns/net': 'net:[11]' },
  namespaces: { '/run/netns/blue': '13', '/var/run/netns/blue': '13' },
});
const find = (text: string, where = seen) => requireTarget(where, text, files);
const refusal = (text: string, where = seen) => {
  try {
    find(text, where);
  } catch (error) {
    return error;
  }
  throw new Error(`'${text}' was not refused`);
};

describe('a word', () => {
  test.each([
    ['host', host],
    ['shop-web-1', one],
    ['1abc', one],
    ['container:2abc', two],
    ['inode:13', blue],
    ['/var/run/netns/blue', blue],
  ])('%s means the one namespace that it names', (text, expected) => {
    expect(find(text)).toEqual({ namespace: expected });
  });

  test('of a pid means its namespace, also where the pid was not in the list', () => {
    expect(find('pid:41').namespace).toBe(one);
  });

  test('of a link alone means that link, where it is the only one', () => {
    expect(find('veth7')).toMatchObject({ namespace: { name: 'host' }, link: { ifindex: 7 } });
  });

  test('of target and link means the link in that target', () => {
    expect(find('shop-web-2/eth0')).toMatchObject({ namespace: { id: '12' }, link: { name: 'eth0' } });
  });

  test('that a namespace and a link share means the namespace', () => {
    const both = snapshot({ namespaces: [{ ...host, links: [link({ name: 'blue' })] }, blue] });
    expect(find('blue', both)).toEqual({ namespace: blue });
  });
});

describe('an ambiguous word', () => {
  test('is refused with the list of what it may mean, each in words that mean one', () => {
    const error = refusal('web');
    expect(error).toMatchObject({ exitCode: 3, message: "'web' names 2 targets" });
    const choices = String((error as { advice?: string }).advice).matchAll(/container:[0-9a-f]+/g);
    expect([...choices].map(([choice]) => find(choice).namespace.name)).toEqual(['shop-web-1', 'shop-web-2']);
  });

  test('for links is refused with the list of them', () => {
    expect(refusal('eth0')).toMatchObject({
      exitCode: 3,
      advice: 'choose one: shop-web-1/eth0, shop-web-2/eth0',
    });
  });

  test('with very many meanings lists some and counts the others', () => {
    const many = Array.from({ length: 40 }, (_, index) =>
      namespace({ id: `9${index}`, name: `n${index}`, links: [eth0] }),
    );
    expect(refusal('eth0', snapshot({ namespaces: many }))).toMatchObject({
      message: "'eth0' names 40 targets",
      advice: expect.stringMatching(/, and 28 more$/),
    });
  });
});

describe('a word that names nothing', () => {
  test('is answered with the nearest names', () => {
    expect(refusal('bleu')).toMatchObject({
      exitCode: 3,
      message: "nothing here is called 'bleu'",
      advice: 'did you mean blue?',
    });
  });

  test('and resembles nothing is answered with where the names are', () => {
    expect(refusal('zzzzzz')).toMatchObject({ exitCode: 3, advice: "'netpeek ls' lists them" });
  });

  test('of an engine on another machine says where it runs, and not that it is stopped', () => {
    const there = container({ name: 'far', state: 'running', pid: 12 });
    const reason = 'the engine at tcp://192.0.2.7:2375 runs on another machine or in a VM';
    const where = { ...seen, stoppedContainers: [there], gaps: [{ probe: 'docker', reason }] };
    expect(() => find('far', where)).toThrow(
      expect.objectContaining({ exitCode: 4, message: `far: ${reason}` }),
    );
  });

  test('while no engine answers says that containers were not seen', () => {
    const unseen = { ...seen, gaps: [{ probe: 'docker', reason: 'no engine at unix:///x' }] };
    expect(refusal('bleu', unseen)).toMatchObject({
      message: "nothing here is called 'bleu' (containers not seen: no engine at unix:///x)",
    });
  });

  test('is not a link that its target does not have', () => {
    expect(refusal('blue/eth0')).toMatchObject({ exitCode: 3 });
  });

  test.each(['pid:99999', 'inode:99', '/run/netns/gone', 'netns:gone', 'container:host'])('%s', (text) => {
    expect(refusal(text)).toMatchObject({ exitCode: 3, message: `nothing here is called '${text}'` });
  });
});

describe('a name of ip netns that is closed to us', () => {
  test.each(['red', 'netns:red', '/run/netns/red', 'red/eth0'])(
    'is called so when it is asked for as %s',
    (text) => {
      const gap = { probe: 'netns red', reason: 'setns /run/netns/red: EPERM', needs: 'run as root' };
      expect(refusal(text, { ...seen, gaps: [gap] })).toMatchObject({
        exitCode: 4,
        message: 'setns /run/netns/red: EPERM',
        advice: 'run as root',
      });
    },
  );

  test('and so is a process', () => {
    const closed = memoryFiles({ links: { '/proc/1/ns/net': new SystemError('EACCES', 'readlink') } });
    expect(() => requireTarget(seen, 'pid:1', closed)).toThrow(expect.objectContaining({ exitCode: 4 }));
  });
});

describe('a container without a namespace', () => {
  test.each(['old', 'dead'])('found by %s is called what it is', (text) => {
    expect(refusal(text)).toMatchObject({
      exitCode: 3,
      message: 'container old is exited and has no network namespace',
      advice: 'start it: docker start old',
    });
  });

  test('that could not be reached says why', () => {
    const gap = { probe: 'container old', reason: 'open /proc/40/ns/net: EACCES', needs: 'run as root' };
    expect(refusal('old', { ...seen, gaps: [gap] })).toMatchObject({
      exitCode: 4,
      message: 'old: open /proc/40/ns/net: EACCES',
      advice: 'run as root',
    });
  });
});
