#!/bin/sh
# A swarm to look at, on this machine, in a directory of its own: `make lab` and `make lab-down`.
#
#     lab.sh up      start three managers and two workers, run a service, lose the leader
#     lab.sh down    stop them and remove their files
#
# Node N listens on 127.0.0.N. A clone has one lab, at a place named after the clone, or where
# SWARM_LAB says. Tasks are containers when a Docker engine answers (DOCKER_HOST, else
# /var/run/docker.sock) and an image is there or can be made, otherwise plain processes. JAVA names
# a java 25 or newer.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
base=${TMPDIR:-/tmp}
[ ${#base} -lt 60 ] || base=/tmp    # the path of a socket holds at most 107 bytes
dir=${SWARM_LAB:-$base/swarm-lab.$(id -u).$(printf %s "$top" | cksum | cut -d ' ' -f 1)}
replicas=6
if [ -z "${JAVA:-}" ]; then
    # shellcheck source=src/install/jdk.sh
    . "$top/src/install/jdk.sh" || exit 1
    JAVA=$JDK/bin/java
fi

# Runs a command on node $1.
on() {
    node=$1
    shift
    SWARM_HOST=unix://$dir/$node/swarm.sock SWARM_DATA_DIR=$dir/$node/state \
        SWARM_HOSTNAME=node$node SWARM_ENGINE=$(cat "$dir/engine") \
        "$JAVA" -jar "$top/swarm.jar" "$@"
}

# Says a command as a user of node $1 types it, and runs it.
show() {
    printf '\nnode%s$' "$1"
    ( shift; printf ' %s' java -jar swarm.jar "$@"; echo )
    on "$@"
}

# Whether the daemon of node $1 runs, whose process id in its state becomes pid.
runs() {
    pid=$(cat "$dir/$1/state/lock" 2>/dev/null) &&
        tr '\0' '\n' 2>/dev/null < "/proc/$pid/cmdline" | grep -qF "$dir/"
}

# Sets engine and image for the lab; says why when it is not Docker.
choose_engine() {
    engine=process image=busybox:lab
    if ! command -v docker >/dev/null || ! state=$(docker info \
            --format '{{.Swarm.LocalNodeState}}' 2>/dev/null); then
        echo "No Docker engine answers: tasks are plain processes of this machine, not containers."
    elif [ "$state" = active ]; then
        echo "The Docker engine is in a swarm of its own: tasks are plain processes instead."
    elif ! make_image; then
        echo "The Docker engine has no busybox and none is here to import: tasks are processes."
    else
        engine=docker
        echo "A Docker engine answers: tasks are containers of $image."
    fi
    echo "$engine" > "$dir/engine"
}

make_image() {
    ! docker image inspect "$image" >/dev/null 2>&1 || return 0
    busybox=$(command -v busybox) || return 1
    root=$dir/root
    mkdir -p "$root/bin" "$root/tmp"
    cp "$busybox" "$root/bin/busybox"
    "$busybox" --list | while read -r applet; do
        [ "$applet" = busybox ] || ln -sf busybox "$root/bin/$applet"
    done
    tar -C "$root" -c . | docker import --change 'CMD ["sh"]' - "$image" >/dev/null
    docker run --rm "$image" true >/dev/null 2>&1    # a busybox that is not static does not run
}

# Waits until "$@" holds.
await() {
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ $tries -lt 150 ] || { echo "this did not come true: $*" >&2; exit 1; }
        sleep 0.2
    done
}

# As node 2 sees it.
another_leads() { on 2 node ls --format '{{.Hostname}} {{.ManagerStatus}}' | grep -q 'node[23] Leader'; }
back() { on 2 node ls --format '{{.Hostname}} {{.Status}}' | grep -q 'node1 Ready'; }
all_run_elsewhere() {
    on 2 service ps web --filter desired-state=running --format '{{.Node}} {{.CurrentState}}' |
        awk -v n=$replicas '/ Running / && !/^node1 / {n--} END {exit n != 0}'
}

up() {
    if [ -e "$dir" ]; then
        echo "a lab is there already, in $dir: end it with make lab-down" >&2
        exit 1
    fi
    mkdir -m 700 "$dir"
    choose_engine
    mkdir "$dir/1" "$dir/2" "$dir/3" "$dir/4" "$dir/5"
    show 1 init --advertise-addr 127.0.0.1
    manager=$(on 1 join-token --quiet manager)
    worker=$(on 1 join-token --quiet worker)
    show 2 join --token "$manager" --advertise-addr 127.0.0.2 127.0.0.1:2377
    show 3 join --token "$manager" --advertise-addr 127.0.0.3 127.0.0.1:2377
    show 4 join --token "$worker" --advertise-addr 127.0.0.4 127.0.0.1:2377
    show 5 join --token "$worker" --advertise-addr 127.0.0.5 127.0.0.1:2377
    show 1 node ls
    show 2 service create --name web --replicas $replicas "$image" sleep 1d
    show 3 service ps web
    runs 1
    printf '\nnode1 leads, and is killed:\nnode1$ kill -9 %s\n' "$pid"
    kill -9 "$pid"
    await another_leads
    echo "Another manager leads, and the lost node's tasks run elsewhere:"
    await all_run_elsewhere
    show 2 node ls
    show 2 service ps web --filter desired-state=running
    printf '\nThe lost node comes back:\nnode1$ java -jar swarm.jar daemon &\n'
    on 1 daemon --data-dir "$dir/1/state" >>"$dir/1/log" 2>&1 </dev/null &
    await back
    show 2 node ls
    cat <<END

Go on in this lab, here on node 2 (its files are in $dir):
    export SWARM_HOST=unix://$dir/2/swarm.sock
    $JAVA -jar swarm.jar service scale web=10
    docker -H unix://$dir/2/swarm.sock service ls
Stop it and remove its files:
    make lab-down
END
}

# Ends node $1, and what a daemon that was killed has left.
end() {
    if runs "$1"; then
        on "$1" leave --force >/dev/null || echo "node$1 did not leave its swarm" >&2
        ! runs "$1" || kill "$pid"
        while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    elif [ "$(cat "$dir/engine")" = docker ]; then
        id=$(sed -n 's/.*"Node":"\([0-9a-z]*\)".*/\1/p' "$dir/$1/state/node.json" 2>/dev/null) ||
            id=
        [ -z "$id" ] || docker ps -aq --filter "label=com.docker.swarm.node.id=$id" |
            xargs -r docker rm -f >/dev/null
    else
        cat "$dir/$1"/state/tasks/*/pid 2>/dev/null | while read -r pid _; do
            kill -9 "$pid" 2>/dev/null || true
        done
    fi
}

down() {
    if [ ! -O "$dir" ]; then
        echo "no lab is there"
        return
    fi
    for node in 5 4 3 2 1; do
        end $node
    done
    rm -rf "$dir"
    echo "the lab in $dir is gone"
}

case ${1:-up} in
up) up ;;
down) down ;;
*) sed -n '4,5s/^# \{0,4\}//p' "$0" >&2; exit 2 ;;
esac
