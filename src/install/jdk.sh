# shellcheck shell=sh disable=SC2034 # JDK is for the script that sources this
# Finds a JDK 25 or newer and sets JDK to its home; to be sourced. Returns 1 after one sentence when
# there is none. Looks at JAVA_HOME, /usr/lib/jvm, /opt, ~/.sdkman and the path's java, in this
# order; the first that is new enough wins. Reads each JDK's `release` file and starts none of them.
# JDK_TOOL is what its bin/ must hold: java to run swarm, javac to build it.

jdk_feature() {
    # Sets feature to the major version of the JDK in $1, to 0 when there is none to read.
    feature=0
    [ -x "$1/bin/${JDK_TOOL:-java}" ] && [ -r "$1/release" ] || return 0
    while IFS='=' read -r key value; do
        [ "$key" = JAVA_VERSION ] || continue
        value=${value#\"}
        feature=${value%%[!0-9]*}
    done < "$1/release"
    [ -n "$feature" ] || feature=0
}

find_jdk() {
    JDK=
    for home in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/* "${HOME:-/root}"/.sdkman/candidates/java/*; do
        [ -n "$home" ] || continue
        jdk_feature "$home"
        [ "$feature" -lt 25 ] || { JDK=$home; return 0; }
    done
    if java=$(command -v java) && java=$(readlink -f "$java"); then
        home=${java%/bin/java}
        jdk_feature "$home"
        [ "$feature" -lt 25 ] || { JDK=$home; return 0; }
    fi
    echo "swarm needs a JDK 25 or newer: none in JAVA_HOME, /usr/lib/jvm, /opt, ~/.sdkman or PATH." >&2
    return 1
}

find_jdk
