#!/bin/sh
# npm test: set-up, then every test that needs no hardware. 'test.sh long' runs the kills, fuzz and soak of test/long
# instead, 'test.sh chaos' the kill campaign and every other fault; both leave result files that name the commit. Further
# arguments go to Vitest.
cd "$(dirname "$0")/../.." || exit 1
setup_for=test
. appliance/setup/set-up.sh
kind="${1:-}"
case "$kind" in long | chaos)
	shift
	commit=$(git describe --always --dirty --abbrev=40 2>/dev/null || echo unversioned)
	result="test-results/$kind-$commit"
	# For tables beside it.
	export MARU_COMMIT="$commit" MARU_RESULT="$result"
	# Rounds of the campaign; trials of each of the scenes that it takes along.
	[ "$kind" = long ] || export MARU_KILLS="${MARU_KILLS:-100}" MARU_TRIALS="${MARU_TRIALS:-20}"
	set -- --config "appliance/setup/$kind-tests.config.mjs" --reporter=json --output-file.json="$result.json" "$@"
	;;
esac
exec node_modules/.bin/node --disable-warning=ExperimentalWarning node_modules/.bin/vitest run \
	--reporter=default --reporter=./appliance/setup/closing-line.mjs "$@"
