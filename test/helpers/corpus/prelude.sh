# What faults of the corpus call: servers that are bound anew, and BPF programs that drop.

# serve NAMESPACE ADDRESS:PORT: an HTTP server, its pid kept.
serve() {
  inside=
  [ "$1" = host ] || inside="ip netns exec $1"
  $inside busybox httpd -f -h /run/www -p "$2" > /dev/null 2>&1 < /dev/null &
  echo $! > "/run/server-$1"
}

# rebind NAMESPACE PORT 127.0.0.1|none|full: the server ends and comes back there, stays away, or accepts nobody.
rebind() {
  server=$(cat "/run/server-$1")
  if [ "$3" = full ]; then
    inside=
    [ "$1" = host ] || inside="ip netns exec $1"
    kill -STOP "$server"
    # busybox httpd has a backlog of 9; the kernel takes one more.
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
      (sleep 1000 | $inside busybox nc 127.0.0.1 "$2") > /dev/null 2>&1 < /dev/null &
    done
    return
  fi
  kill "$server"
  while kill -0 "$server" 2> /dev/null; do :; done
  [ "$3" = none ] || serve "$1" "$3:$2"
}

# bpf_drop sched_cls|xdp PATH: pins a program that drops everything.
bpf_drop() {
  mkdir -p /run/bpf
  mountpoint -q /run/bpf || mount -t bpf bpf /run/bpf
  "$NODE" "$HELPERS/pin-bpf-program.ts" "$1" drops "$2" drop > /dev/null
}
