#!/bin/sh
# swarm: starts the jar with a JDK that is new enough and with flags for what is asked: a command
# wants to be over soon, the daemon to stay small. The word `daemon` anywhere picks the daemon's
# flags; where it is only a name, that costs a command some milliseconds.
lib=@LIB@
# shellcheck source=src/install/jdk.sh
. "$lib/jdk.sh" || exit 1
flags='-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto -XX:-UsePerfData'
for word; do
    case $word in
    daemon) flags='-XX:+UseSerialGC -Xms8m -Xmx256m -XX:MaxHeapFreeRatio=20
            -XX:MinHeapFreeRatio=10 -XX:-UsePerfData -Xss512k' ;;
    esac
done
# shellcheck disable=SC2086 # the flags are words
exec "$JDK/bin/java" $flags -Dswarm.program=swarm -jar "$lib/swarm.jar" "$@"
