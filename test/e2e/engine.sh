#!/bin/sh
# Starts and stops a Docker engine of its own for tests, beside any that the machine runs already.
#
#     engine.sh start DIR     start an engine in DIR (made if absent), import busybox:lab,
#                             print its address: unix://DIR/docker.sock
#     engine.sh stop DIR      stop it, with its containers, and remove DIR
#     engine.sh restart DIR   stop the engine alone, hard with `restart DIR KILL`, and start it
#
# DIR must be short (a socket's path holds at most 107 bytes) and belong to nobody else. Needs root,
# dockerd, the docker client and a static busybox. ENGINE_NETNS=NAME runs the engine inside that
# network namespace. Everything is stopped by the pid that the engine wrote into DIR.
set -eu

usage() { sed -n '4,7s/^# \{0,4\}//p' "$0" >&2; exit 2; }
fail() { echo "engine.sh: $*" >&2; exit 1; }

case ${1:-} in start|stop|restart) ;; *) usage ;; esac
[ -n "${2:-}" ] || usage
mkdir -p "$2"
dir=$(cd "$2" && pwd)
socket=$dir/docker.sock
containerd=$dir/exec/containerd/containerd.pid
enter=
[ -z "${ENGINE_NETNS:-}" ] || enter="nsenter --net=/run/netns/$ENGINE_NETNS"
[ ${#socket} -le 107 ] || fail "$socket is longer than the 107 bytes a socket's path may have"

# The process id in file $1, only while that is a live process whose command line names this DIR.
alive() {
    pid=$(cat "$1" 2>/dev/null) && tr '\0' ' ' 2>/dev/null < "/proc/$pid/cmdline" | grep -qF "$dir/"
}

answers() { docker -H "unix://$socket" version >/dev/null 2>&1; }

# A container's cgroup files and a namespace of its own are what overlay2 needs besides a file
# system that is not itself an overlay; vfs works everywhere, slowly.
driver() {
    case $(stat -f -c %T "$dir") in overlayfs|tmpfs) echo vfs ;; *) echo overlay2 ;; esac
}

# A bridge of the engine's own, named and numbered after DIR, with the next addresses that nobody has.
# Ports are published by docker-proxy: no firewall rule is made, none is left behind.
number=$(printf %s "$dir" | cksum | cut -d ' ' -f 1)
bridge=swt$number

make_bridge() {
    $enter ip link show "$bridge" >/dev/null 2>&1 && return
    $enter ip link add "$bridge" type bridge
    while $enter ip -4 addr show | grep -qF "inet 10.213.$((number % 256)).1/"; do
        number=$((number + 1))
    done
    $enter ip addr add "10.213.$((number % 256)).1/24" dev "$bridge"
    $enter ip link set "$bridge" up
}

launch() {
    make_bridge
    # shellcheck disable=SC2086 # the command to enter with is words
    setsid $enter dockerd --data-root "$dir/data" --exec-root "$dir/exec" --host "unix://$socket" \
        --pidfile "$dir/pid" --storage-driver "$(driver)" --bridge "$bridge" \
        --iptables=false --ip6tables=false --live-restore >>"$dir/log" 2>&1 </dev/null &
    started=$!
    i=0
    until answers; do
        i=$((i + 1))
        if [ $i -ge 600 ] || ! kill -0 "$started" 2>/dev/null; then
            tail -n 5 "$dir/log" >&2
            fail "the engine in $dir does not answer"
        fi
        sleep 0.1
    done
}

# A static busybox with its applets as links: an image without a registry.
import_image() {
    docker -H "unix://$socket" image inspect busybox:lab >/dev/null 2>&1 && return
    busybox=$(command -v busybox) || fail "there is no busybox to make an image of"
    root=$dir/busybox
    mkdir -p "$root/bin" "$root/tmp" "$root/etc" "$root/proc" "$root/sys" "$root/dev"
    cp "$busybox" "$root/bin/busybox"
    "$busybox" --list | while read -r applet; do
        [ "$applet" = busybox ] || ln -sf busybox "$root/bin/$applet"
    done
    echo 'root:x:0:0:root:/:/bin/sh' > "$root/etc/passwd"
    tar -C "$root" -c . | docker -H "unix://$socket" import --change 'CMD ["sh"]' - busybox:lab \
        >/dev/null
    rm -rf "$root"
}

# Ends the process of pid file $1 with signal $2, waits until it is gone, forgets the file (an engine
# takes a containerd that waits to be reaped for one that runs).
halt() {
    if alive "$1"; then
        kill "-$2" "$pid"
        i=0
        while alive "$1"; do
            i=$((i + 1))
            [ $i -lt 300 ] || fail "process $pid does not end"
            sleep 0.1
        done
    fi
    rm -f "$1"
}

case $1 in
start)
    alive "$dir/pid" || launch
    import_image
    echo "unix://$socket"
    ;;
restart)
    halt "$dir/pid" "${3:-TERM}"
    halt "$containerd" KILL
    launch
    echo "unix://$socket"
    ;;
stop)
    if alive "$dir/pid"; then
        containers=$(docker -H "unix://$socket" ps -aq)
        # shellcheck disable=SC2086
        [ -z "$containers" ] || docker -H "unix://$socket" rm -f $containers >/dev/null
    fi
    halt "$dir/pid" TERM
    halt "$containerd" KILL
    awk -v d="$dir/" 'index($2, d) == 1 {print $2}' /proc/mounts | sort -r | while read -r mount; do
        umount "$mount"
    done
    $enter ip link del "$bridge" 2>/dev/null || true
    rm -rf "$dir"
    ;;
esac
