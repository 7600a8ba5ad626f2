#!/bin/sh
# npm run test:vm and test:systemd: set-up, then the tests that take a machine of their own, which is one of QEMU's ('vm')
# or a container with systemd ('systemd'). Where there can be none here, set-up says why, and they all count as skipped.
cd "$(dirname "$0")/../.." || exit 1
export MARU_MACHINE="$1"
shift
node=node_modules/.bin/node
vitest="$node --disable-warning=ExperimentalWarning node_modules/.bin/vitest"
config=appliance/setup/machine-tests.config.mjs

skip() {
	[ "$1" -eq 69 ] || exit "$1"
	tests=$($vitest list --config $config 2>/dev/null | grep -c ' > ')
	echo "test:$MARU_MACHINE was skipped, for the reason above"
	echo "0 passed, 0 failed, $tests skipped"
	exit 0
}
trap 'skip $?' EXIT
setup_for=machine
. appliance/setup/set-up.sh
trap - EXIT
MARU_COMMIT=$(git describe --always --dirty --abbrev=40 2>/dev/null || echo unversioned)
export MARU_COMMIT MARU_RESULT="test-results/$MARU_MACHINE-$MARU_COMMIT"
exec $vitest run --config $config --reporter=verbose --reporter=./appliance/setup/closing-line.mjs "$@"
