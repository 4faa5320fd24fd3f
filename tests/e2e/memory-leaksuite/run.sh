#!/usr/bin/env bash
# What tka leaks says of the labelled programs of tests/leaks, built with $CC: every leak
# found and no false alarm, but for what a program's label says that tka judges otherwise.
suite=$(cd "$(dirname "$0")/../../leaks" && pwd)
exec bash "$suite/run.sh" --tools tka --cc "$CC" --build "$TKA_PREFIX" --work "$PWD" --list --strict
