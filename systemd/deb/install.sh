#!/bin/sh
# Installs Maru from this folder alone, on a Debian 12 without any network. As root: sh install.sh
set -e

here=$(cd "$(dirname "$0")" && pwd)
[ "$(id -u)" = 0 ] || { echo "only root can install: sudo sh install.sh" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Only this folder is asked, and nothing of what apt knows otherwise is touched.
echo "deb [trusted=yes] file:$here/packages ./" >"$work/sources.list"
mkdir -p "$work/lists/partial" "$work/parts"
apt() {
	DEBIAN_FRONTEND=noninteractive apt-get -q -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts="$work/parts" \
		-o Dir::State::Lists="$work/lists" -o Dpkg::Use-Pty=0 "$@"
}
echo "Maru is being installed; this may take some minutes."
apt -o APT::Sandbox::User=root update
# sway is for a room with displays of its own, which may come later.
apt install -y --no-install-recommends maru sway
