#!/bin/sh
# npm test: set-up, then every test that needs no hardware. 'test.sh long' runs the kills, fuzz and soak of test/long
# instead, and leaves a result file that names the commit. Further arguments go to Vitest.
cd "$(dirname "$0")/../.." || exit 1
setup_for=test
. appliance/setup/set-up.sh
if [ "${1:-}" = long ]; then
	shift
	commit=$(git describe --always --dirty --abbrev=40 2>/dev/null || echo unversioned)
	set -- --config appliance/setup/long-tests.config.mjs \
		--reporter=json --output-file.json="test-results/long-$commit.json" "$@"
fi
exec node_modules/.bin/node --disable-warning=ExperimentalWarning node_modules/.bin/vitest run \
	--reporter=default --reporter=./appliance/setup/closing-line.mjs "$@"
