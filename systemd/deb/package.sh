#!/bin/sh
# npm run package: set-up, then the .deb below packages/. With --offline also an archive that needs no network.
cd "$(dirname "$0")/../.." || exit 1
. appliance/setup/set-up.sh
exec node_modules/.bin/node --disable-warning=ExperimentalWarning systemd/deb/build.ts "$@"
