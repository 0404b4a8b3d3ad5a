# The outer half of a lab (see lab.ts): bash lab-outside.sh NAME DIRECTORY, in a mount namespace of its own. It makes
# the lab's cgroup, runs the inner half in fresh namespaces, and when that has ended, however it ended, takes away the
# two things that no namespace takes with it: the cgroups and the directory.
set -eu
name=$1
directory=$2
inner=$(dirname "$0")/lab-inside.sh

mount -t cgroup2 cgroup2 /sys/fs/cgroup
group=/sys/fs/cgroup/$name
mkdir "$group"
# The subshell alone moves into the cgroup: it becomes the root of the lab's cgroup namespace.
(
  echo "$BASHPID" > "$group/cgroup.procs"
  exec unshare --fork --kill-child --pid --net --mount --cgroup --uts --propagation private bash "$inner"
) || status=$?
find "$group" -depth -type d -exec rmdir {} +
rm -rf --one-file-system "$directory"
exit "${status:-0}"
