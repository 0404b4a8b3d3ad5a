/** Addresses and prefixes as rules write them: whether one holds another, and whether it is one host's. */
import ipaddr from 'ipaddr.js';

type Prefix = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

/** `172.17.0.2/32` is one host: `172.17.0.2`. Other texts stay. */
export function plainAddress(text: string): string {
  const [address = '', length] = text.split('/');
  return length === (address.includes(':') ? '128' : '32') ? address : text;
}

/** Whether every address of the first prefix is in the second; false where one of them is no prefix. */
export function isWithin(part: string, whole: string): boolean {
  const [one, other] = [parsePrefix(part), parsePrefix(whole)];
  if (!one || !other || one[0].kind() !== other[0].kind() || one[1] < other[1]) return false;
  return one[0].match(other[0] as ipaddr.IPv4 & ipaddr.IPv6, other[1]);
}

/** Whether the text is one address, without a prefix length. */
export function isAddress(text: string): boolean {
  return !text.includes('/') && parsePrefix(text) !== undefined;
}

/** Whether the address is in a prefix or a range; undefined where the text is neither. */
export function holds(text: string, address: string): boolean | undefined {
  const [first = '', last] = text.split('-');
  if (last === undefined) return parsePrefix(text) ? isWithin(address, text) : undefined;
  const [low, high, own] = [first, last, address].map((one) => (isAddress(one) ? bytesOf(one) : undefined));
  if (!low || !high || !own) return undefined;
  return low.length === own.length && low <= own && own <= high;
}

/** `[fd00::2]:80`, `172.17.0.2:80`. */
export function joinPort(address: string, port: string | number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Bytes as text of one length for each family: it sorts as the addresses do. */
function bytesOf(address: string): string {
  return ipaddr
    .parse(address)
    .toByteArray()
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

function parsePrefix(text: string): Prefix | undefined {
  const [address = '', length] = text.split('/');
  const isFour = ipaddr.IPv4.isValidFourPartDecimal(address);
  if (!isFour && !(address.includes(':') && ipaddr.IPv6.isValid(address))) return undefined;
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return undefined;
  const bits = length === undefined ? (isFour ? 32 : 128) : Number(length);
  return bits <= (isFour ? 32 : 128) ? [ipaddr.parse(address), bits] : undefined;
}
