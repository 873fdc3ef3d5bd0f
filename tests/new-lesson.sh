#!/usr/bin/env bash
# A lesson is a folder in src/lessons/, one in demos/ and a line in a list: tests/new-lesson.patch adds such a lesson,
# with an event, a mark, a note, a table and a claim of its own, to a copy. The copy is built, the lesson is run with
# every view, and the tests go through it that go through all lessons.
set -euo pipefail
cd "$(dirname "$0")/.."

files=$(git apply --numstat tests/new-lesson.patch | cut -f3)
outside=$(grep -cvE '^(src/lessons|demos)/dice/' <<<"$files")
echo "the lesson touches $outside file outside of its two folders"
[ "$outside" -le 3 ]

target=$PWD/target/new-lesson
copy=$(mktemp -d)
git worktree add --quiet --detach "$copy/mp-demo"
trap 'git worktree remove --force "$copy/mp-demo"; rmdir "$copy"' EXIT
cd "$copy/mp-demo"
git apply tests/new-lesson.patch
export CARGO_TARGET_DIR=$target LC_ALL=C.UTF-8
mp_demo() {
  cargo run --locked --quiet -- dice "$@"
}
cargo build --locked

# An option on the left brings what stands on the right.
while read -r option expected; do
  mp_demo "$option" 2>&1 | grep -F -- "$expected" >/dev/null || { echo "$option: no $expected" >&2; exit 1; }
done <<'END'
--labels rolled   times
--explain No other process knows that before
--timeline ◈ rolls
--claims somebody rolls a 6
--json "event":"rolled"
END

# All files of the suite that ask for the lessons, or for what stands in their folders.
through_all=$(grep -rlE '\b(lessons|for_each_lesson|commands_of_experiments)\(|\bDEMOS\b' tests/suite |
  sed -E 's|^tests/suite/||; s|(/mod)?\.rs$|::|; s|/|::|g')
cargo test --locked --lib
# The tour and the README name the lessons that are there, which is no part of adding one.
# shellcheck disable=SC2086 # A filter each.
cargo test --locked --test suite -- $through_all --skip readme::its_table --skip exercises::the_tour
