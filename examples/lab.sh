#!/bin/sh
# A swarm to look at, on this machine, in a directory of its own: `make lab` and `make lab-down`.
#
#     lab.sh up      start it, show a service, kill one task and show it replaced
#     lab.sh down    stop it and remove its files
#
# A clone has one lab, at a place named after the clone, or where SWARM_LAB says. Tasks are
# containers when a Docker engine answers (DOCKER_HOST, else /var/run/docker.sock) and an image is
# there or can be made, otherwise plain processes. JAVA names a java 25 or newer.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
base=${TMPDIR:-/tmp}
[ ${#base} -lt 60 ] || base=/tmp    # the path of a socket holds at most 107 bytes
dir=${SWARM_LAB:-$base/swarm-lab.$(id -u).$(printf %s "$top" | cksum | cut -d ' ' -f 1)}
if [ -z "${JAVA:-}" ]; then
    # shellcheck source=src/install/jdk.sh
    . "$top/src/install/jdk.sh" || exit 1
    JAVA=$JDK/bin/java
fi

swarm() { "$JAVA" -jar "$top/swarm.jar" "$@"; }

# Says a command as a user types it, and runs it.
show() {
    printf '\n$ java -jar swarm.jar %s\n' "$*"
    swarm "$@"
}

settings() {
    SWARM_HOST=unix://$dir/swarm.sock SWARM_DATA_DIR=$dir/state SWARM_ENGINE=$(cat "$dir/engine")
    export SWARM_HOST SWARM_DATA_DIR SWARM_ENGINE
}

# Whether the daemon runs, whose process id in its state becomes pid.
runs() {
    pid=$(cat "$dir/state/lock" 2>/dev/null) &&
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

# Ends one task behind the swarm's back: its container, or its process.
kill_task() {
    if [ "$engine" = docker ]; then
        id=$(ids | head -n 1)
        name=$(docker ps --filter "name=.$id" --format '{{.Names}}')
        printf '\n$ docker kill %s\n' "$name"
        docker kill "$name"
        return
    fi
    pid=$(cat "$dir"/state/tasks/*/pid | head -n 1 | cut -d ' ' -f 1)
    printf '\n$ kill -9 %s\n' "$pid"
    kill -9 "$pid"
}

running() {
    swarm service ps web --filter desired-state=running --format '{{.ID}} {{.CurrentState}}'
}

ids() { running | cut -d ' ' -f 1 | sort; }

# Waits until three tasks run whose ids are not the ones in $1.
await_others() {
    tries=0
    until [ "$(running | grep -c ' Running ')" -eq 3 ] && [ "$(ids)" != "$1" ]; do
        tries=$((tries + 1))
        [ $tries -lt 300 ] || { echo "the task is not replaced" >&2; exit 1; }
        sleep 0.1
    done
}

up() {
    if [ -e "$dir" ]; then
        echo "a lab is there already, in $dir: end it with make lab-down" >&2
        exit 1
    fi
    mkdir -m 700 "$dir"
    choose_engine
    echo "$engine" > "$dir/engine"
    settings
    show init --advertise-addr 127.0.0.1
    show service create --name web --replicas 3 --restart-delay 0s "$image" sleep 1d
    show node ls
    show service ps web
    before=$(ids)
    kill_task
    await_others "$before"
    echo "The task that was killed is replaced:"
    show service ps web
    cat <<END

Go on in this lab (its files are in $dir):
    export SWARM_HOST=$SWARM_HOST SWARM_DATA_DIR=$SWARM_DATA_DIR SWARM_ENGINE=$SWARM_ENGINE
    $JAVA -jar swarm.jar service scale web=5
    docker -H $SWARM_HOST service ls
Stop it and remove its files:
    make lab-down
END
}

down() {
    if [ ! -O "$dir" ]; then
        echo "no lab is there"
        return
    fi
    if runs; then
        settings
        swarm leave --force || echo "the lab in $dir did not leave its swarm" >&2
    fi
    if runs; then
        kill "$pid"
        while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    fi
    rm -rf "$dir"
    echo "the lab in $dir is gone"
}

case ${1:-up} in
up) up ;;
down) down ;;
*) sed -n '4,5s/^# \{0,4\}//p' "$0" >&2; exit 2 ;;
esac
