/** The network sysctls that decide forwarding; keys are paths below /proc/sys/net such as `ipv4/ip_forward`. */
export type Sysctls = Readonly<Record<string, string>>;
