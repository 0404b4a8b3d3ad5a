# Docker of a Debian sid root (see docker.ts), in the lab: sh sid-engine.sh ROOT COMMAND…
# The engine gets a mount namespace whose real root is the sid root. A chroot is not enough: who enters one of its
# containers (setns(2)) lands at the root of the container's mount namespace, which would still be this machine's.
set -eu
if [ "${INSIDE:-}" != yes ]; then
  INSIDE=yes exec unshare --mount --propagation unchanged sh "$0" "$@"
fi
root=$1
shift
cd "$root"
pivot_root . mnt
# Private first: what is unmounted here must stay mounted in the lab, with which /run is shared.
mount --make-rprivate /mnt
umount -l /mnt
exec "$@"
