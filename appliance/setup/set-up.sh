# Sourced by start.sh and test.sh: runs set-up, and passes on a signal that comes meanwhile. (A shell that waits for a
# program in the foreground would take the signal only after it, and npm sends its signals to the shell alone.)
"${npm_node_execpath:-node}" --no-warnings appliance/setup/setup.mjs ${setup_for:-} &
setup=$!
ended_by() {
	kill -TERM "$setup" 2>/dev/null
	wait "$setup"
	exit "$1"
}
trap 'ended_by 129' HUP
trap 'ended_by 130' INT
trap 'ended_by 143' TERM
wait "$setup" || exit
trap - HUP INT TERM
