/** The version, written in by the build. */
declare const NETPEEK_VERSION: string | undefined;

export const version = typeof NETPEEK_VERSION === 'string' ? NETPEEK_VERSION : '0.0.0-source';
