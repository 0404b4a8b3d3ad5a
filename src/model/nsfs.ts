/** Where network namespaces appear as files (namespaces(7), ip-netns(8)). */

/** The namespace of the reading thread, which is the 'host' for everything netpeek shows. */
export const OWN_NAMESPACE = '/proc/thread-self/ns/net';

/** Where `ip netns` keeps its names; /var/run is /run. */
export const NETNS_DIRECTORY = '/run/netns';
