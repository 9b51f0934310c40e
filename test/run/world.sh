#!/bin/sh
# Runs a command in a world of its own: it sees nothing of this machine's processes, network, /tmp
# and /run, and what it starts ends with it.
#
#     world.sh COMMAND [ARGUMENT]...    run COMMAND in the top folder of this tree
#
# The idea: new mount, process, network, IPC and UTS namespaces. /tmp is an empty folder on disk,
# build/world.XXXXXX, /run an empty tmpfs, loopback the only link; this tree and the cache with
# JUnit stay where they are, also when that is below /tmp. Three processes hold the world: this
# script, unshare, and a shell that is process 1 inside and reaps; each is killed when the one
# before it dies, and with process 1 everything inside. So the world ends with this script, even by
# kill -9; the folder that is then left is removed by the next run in this tree.
#
# SWARM_TEST_WORLD is set inside: a world.sh there, or where no world can be had (no root, no
# unshare), runs its command as it is.
set -eu

cd "$(dirname "$0")/../.."
cache=${XDG_CACHE_HOME:-${HOME:-}/.cache}/swarm

unshared() {
    setpriv --pdeathsig KILL unshare --mount --pid --net --ipc --uts --fork --kill-child \
        --mount-proc "$@"
}

# Makes the world around process 1; $1 becomes its /tmp. An open folder is found again, through its
# descriptor, when its path is hidden.
furnish() {
    exec 3<. 4<"$cache"
    mount --bind "$1" /tmp
    mount -t tmpfs -o mode=755 run /run
    mount -t tmpfs -o mode=1777 shm /dev/shm
    mkdir -p "$PWD" "$cache"
    mount --no-canonicalize --bind /proc/self/fd/3 "$PWD"
    mount --no-canonicalize --bind /proc/self/fd/4 "$cache"
    exec 3<&- 4<&-
    cd "$PWD"
    echo world > /proc/sys/kernel/hostname
    ip link set lo up
    unset TMPDIR XDG_RUNTIME_DIR DOCKER_HOST SWARM_TEST_ENGINE
}

if [ "${1:-}" = --inside ]; then
    furnish "$2"
    shift 2
    status=0
    env --default-signal=INT,QUIT "$@" || status=$?    # `command &` of a script ignores both
    exit $status
fi
[ -z "${SWARM_TEST_WORLD:-}" ] || exec "$@"
if [ "$(id -u)" -ne 0 ] || ! unshared ip link set lo up 2>/dev/null; then
    echo "no world of their own for the tests (that needs root and unshare): they see this machine"
    SWARM_TEST_WORLD=none exec "$@"
fi

mkdir -p build "$cache"
exec 9<build
! flock --nonblock 9 || rm -rf build/world.*    # alone in this tree: these are of killed runs
flock --shared 9
world=$(mktemp -d build/world.XXXXXX)
chmod 1777 "$world"
status=0
SWARM_TEST_WORLD=own unshared sh test/run/world.sh --inside "$world" "$@" 9<&- || status=$?
rm -rf "$world"
exit $status
