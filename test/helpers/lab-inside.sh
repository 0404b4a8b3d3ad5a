# The inner half of a lab (see lab.ts): process 1 of its own pid, network, mount, cgroup and UTS namespaces. It makes
# the place look like a small machine, says `ready`, and stays until its standard input ends; then the kernel kills
# everything in the pid namespace. It is bash because bash, as process 1, also reaps what is orphaned to it.
set -eu
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tracefs tracefs /sys/kernel/tracing
mount -t cgroup2 cgroup2 /sys/fs/cgroup
# A cgroup with processes in it cannot give its children controllers, so the root is left (cgroups(7)).
mkdir /sys/fs/cgroup/init
echo 1 > /sys/fs/cgroup/init/cgroup.procs
mount -t tmpfs tmpfs /run
mkdir -p /run/netns /run/lock /run/etc/upper /run/etc/work
# Docker and `ip netns` write under /etc: into memory, not into the machine's.
mount -t overlay -o lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work overlay /etc
hostname lab
ip link set lo up
echo ready
while read -r _; do :; done
