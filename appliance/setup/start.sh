#!/bin/sh
# npm start: set-up, then the appliance. Every hop ends in exec, so that the service is the very process that npm
# started, and SIGTERM reaches it.
cd "$(dirname "$0")/../.." || exit 1
. appliance/setup/set-up.sh
exec node_modules/.bin/node --disable-warning=ExperimentalWarning appliance/ops/cli.ts run "$@"
