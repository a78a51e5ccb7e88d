# Shared by ./strata and ./test: checks the machine and installs what is missing. Sourced, never run.
# Sets nothing but functions; the caller has set -euo pipefail and root=<checkout>.

fail() {
  printf 'strata: %s\n' "$*" >&2
  exit 1
}

check_machine() {
  [ "$(uname -s)" = Linux ] || fail "this system is $(uname -s); Strata runs containers and needs Linux (on other systems use a Linux virtual machine)"
  case "$(uname -m)" in x86_64 | aarch64) ;; *) fail "this machine is $(uname -m); Strata supports x86_64 and aarch64" ;; esac
  [ "$(id -u)" = 0 ] || fail "root is needed to run containers; try again with: sudo $0"
  command -v dotnet >/dev/null || fail "the .NET 10 SDK is missing; install it from https://dot.net/download or your distribution (package dotnet-sdk-10.0)"
  # A directory listing is a hundred times faster than asking dotnet itself.
  local base
  base=$(dirname "$(readlink -f "$(command -v dotnet)")")
  compgen -G "$base/sdk/10.*" >/dev/null || dotnet --list-sdks | grep -q '^10\.' || fail "the .NET SDK found is not version 10; install it from https://dot.net/download or your distribution (package dotnet-sdk-10.0)"
}

# Prints the packages whose files are not there.
missing_packages() {
  command -v containerd >/dev/null || echo containerd
  command -v runc >/dev/null || echo runc
  { [ -x /usr/lib/cni/bridge ] || [ -x /opt/cni/bin/bridge ]; } || echo containernetworking-plugins
  command -v nft >/dev/null || echo nftables
  command -v ip >/dev/null || echo iproute2
  [ -x /bin/busybox ] || echo busybox-static
  command -v conntrack >/dev/null || echo conntrack
  command -v kubectl >/dev/null || echo kubernetes-client
}

# Prints the packages that only the tests need and whose files are not there.
missing_test_packages() {
  command -v etcd >/dev/null || echo etcd-server
}

# Arguments: functions that print packages besides missing_packages.
install_missing() {
  local packages
  packages=$(PATH=$PATH:/usr/sbin:/sbin && missing_packages && for more in "$@"; do "$more"; done)
  [ -n "$packages" ] || return 0
  # shellcheck disable=SC2086 # one word per package
  set -- $packages
  command -v apt-get >/dev/null || fail "missing: $*; install them with this system's package manager (apt-get was not found)"
  printf 'strata: installing %s\n' "$*" >&2
  local log
  log=$(mktemp)
  # Several runs on one machine take turns at the package database.
  if ! { DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 update &&
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    fail "could not install $*; the whole output is in $log"
  fi
  rm -f "$log"
  # The distribution starts a service for etcd; the tests start their own.
  case " $* " in *" etcd-server "*) stop_etcd_service >/dev/null 2>&1 || true ;; esac
}

stop_etcd_service() {
  if [ -d /run/systemd/system ]; then systemctl disable --now etcd; else service etcd stop; fi
}

# Builds the program once, again only when a source file is newer than the last build.
build_program() {
  local stamp=$root/artifacts/strata/.built
  if [ -f "$stamp" ] && [ -z "$(find "$root/src" "$root/eng" "$root"/*.props "$root"/*.targets "$root/global.json" -newer "$stamp" -print -quit)" ]; then
    return 0
  fi
  mkdir -p "$root/artifacts/strata"
  exec 9>"$root/artifacts/.build-lock"
  flock 9
  if [ -f "$stamp" ] && [ -z "$(find "$root/src" "$root/eng" "$root"/*.props "$root"/*.targets "$root/global.json" -newer "$stamp" -print -quit)" ]; then
    exec 9>&- # Another run has just built it.
    return 0
  fi
  printf 'strata: building (once; about a minute)\n' >&2
  # 9>&- below: the compiler outlives the build and must not inherit the lock.
  local log=$root/artifacts/build.log started
  started=$(mktemp)
  if ! dotnet publish "$root/src/Strata.Host" -c Release -p:PublishReadyToRun=true -p:UseSharedCompilation=true -o "$root/artifacts/strata" -v quiet </dev/null >"$log" 2>&1 9>&-; then
    grep -E 'error' "$log" | sort -u | head -n 20 >&2 || tail -n 20 "$log" >&2
    fail "the build failed; the whole output is in $log"
  fi
  # The stamp carries the time the build began: a file saved during the build is built next time.
  mv "$started" "$stamp"
  exec 9>&-
}
