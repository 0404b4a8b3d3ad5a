# Shared by scripts/start and scripts/test (POSIX sh): finding tools, Debian's packages for them, node_modules, the
# build. Everything said here goes to standard error, because standard output belongs to the program that follows.

# Tools live in /sbin and /usr/sbin too, which are not on every user's path.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH

say() {
  printf '%s\n' "$*" >&2
}

# The packages, each named once, of the tools that are missing. Arguments: TOOL=PACKAGE…
missing_packages() {
  for pair in "$@"; do
    command -v "${pair%%=*}" > /dev/null 2>&1 || printf '%s\n' "${pair#*=}"
  done | sort -u | tr '\n' ' ' | sed 's/ $//'
}

# The one command that installs packages on Debian. Arguments: PACKAGE…
apt_command() {
  printf 'apt-get update && apt-get install -y --no-install-recommends %s' "$*"
}

can_apt() {
  [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null 2>&1
}

# Installs packages, without questions and without starting their services. Arguments: PACKAGE…
apt_install() {
  say "netpeek: installing what is missing: $(apt_command "$@")"
  # An engine or a daemon that starts because it was installed would change the machine's network.
  policy=/usr/sbin/policy-rc.d
  made_policy=
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' > $policy
    chmod 755 $policy
    made_policy=yes
  fi
  installed=0
  {
    # Third-party lists may be out of reach; Debian's own are enough, and the install says so if they are not.
    apt-get update -qq || say 'netpeek: apt-get update failed in part; going on with the lists there are'
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
  } > /dev/null || installed=1
  [ -z "$made_policy" ] || rm -f $policy
  return $installed
}

# npm's own mark of what it installed last is older than the lock file, or not there.
needs_install() {
  [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]
}

# Installs the dependencies if they are missing or older than the lock file.
install_dependencies() {
  needs_install || return 0
  say 'netpeek: installing dependencies: npm ci'
  npm ci --loglevel=error --no-fund --no-audit > /dev/null
  touch node_modules/.package-lock.json
}

# The pinned Node first on the path, under the name `node`.
use_pinned_node() {
  PATH=$PWD/node_modules/.bin:$PATH
  export PATH
}

# The built program is missing, or something it is made from is newer.
needs_build() {
  [ -e dist/main.js ] || return 0
  [ -n "$(find src probes components scripts package.json package-lock.json tsconfig.json -newer dist/main.js -print -quit)" ]
}
