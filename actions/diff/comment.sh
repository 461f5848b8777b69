#!/usr/bin/env bash
# Comments on a pull request what its changes of .cnn programs cost; one comment, which later runs
# write anew. Everything comes by environment variables: BASE and HEAD (commits), PULL_REQUEST,
# REPOSITORY (OWNER/NAME), FAIL_ON (limits, one a line), GH_TOKEN (for gh).
# Exit status: 0; 1 if a limit was crossed or a program that changed does not compile.
set -euo pipefail
export LC_ALL=C.UTF-8

MARK='<!-- cnnc diff -->'
LONGEST=65536 # characters of a comment
SUMMARY=${GITHUB_STEP_SUMMARY:-/dev/null}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

base=$(git merge-base "$BASE" "$HEAD")
git diff --name-only --no-renames -z "$base" "$HEAD" -- '*.cnn' > "$work/changed"
status=0
found=0
limits=()
while IFS= read -r limit; do
    [ -z "${limit//[[:space:]]/}" ] || limits+=(--fail-on "$limit")
done <<< "${FAIL_ON:-}"

has() { git cat-file -e "$1:$2" 2> /dev/null; }

# Adds a section to the comment, and to the summary of the run, which holds more.
say() {
    found=$((found + 1))
    printf '%s\n' "$1" >> "$work/whole"
    if [ $(($(wc -m < "$work/body") + ${#1} + 200)) -le "$LONGEST" ]; then
        printf '%s\n' "$1" >> "$work/body"
    else
        cut=$((cut + 1))
    fi
}

# What one program's change costs. One that others use changes them: all are looked at.
compare() {
    local file=$1 old=$1@$base new=$1@$HEAD result=0
    has "$base" "$file" || old=/dev/null
    has "$HEAD" "$file" || new=/dev/null
    cnnc diff "$old" "$new" --format markdown ${limits[@]+"${limits[@]}"} \
        > "$work/out" 2> "$work/err" || result=$?
    if [ "$result" -gt 1 ]; then
        cat "$work/err" >&2
        exit "$result"
    fi
    if [ -s "$work/out" ]; then
        [ "$(cat "$work/out")" = 'No layer of any network changed.' ] && return 0
        say "### \`$file\`"$'\n\n'"$(cat "$work/out")"
        [ "$result" -eq 0 ] || crossed
    elif ! grep -q '^error\[E0213\]' "$work/err" && is_changed "$file"; then
        say "### \`$file\`"
        crossed
    fi
}

crossed() {
    status=1
    cat "$work/err" >&2
    say $'```text\n'"$(cat "$work/err")"$'\n```'
}

is_changed() { grep -qzFx -- "$1" "$work/changed"; }

[ -s "$work/changed" ] || { echo 'no .cnn program changed'; exit 0; }
cut=0
printf '%s\n\n' "$MARK" > "$work/body"
: > "$work/whole"
while IFS= read -r -d '' file; do
    compare "$file"
done < <({ git ls-tree -r -z --name-only "$base"; git ls-tree -r -z --name-only "$HEAD"; } |
    grep -z '\.cnn$' | sort -zu)
cat "$work/whole" >> "$SUMMARY"
if [ "$cut" -gt 0 ]; then
    printf '\n*%s more sections are in the summary of the run.*\n' "$cut" >> "$work/body"
fi

comments="repos/$REPOSITORY/issues/$PULL_REQUEST/comments"
mine=$(gh api --paginate "$comments" \
    --jq ".[] | select(.body | startswith(\"$MARK\")) | .id" | head -n 1) || mine=
if [ "$found" -eq 0 ]; then
    [ -n "$mine" ] || { echo 'no layer changed'; exit "$status"; }
    echo 'No layer of any network changed.' >> "$work/body"
fi
if [ -n "$mine" ]; then
    post=(-X PATCH "repos/$REPOSITORY/issues/comments/$mine")
else
    post=(-X POST "$comments")
fi
# From a fork the token may only read: the summary of the run has it all, and the check stands.
gh api "${post[@]}" -F "body=@$work/body" > /dev/null ||
    echo '::warning::cnnc diff could not comment; the summary of this run has the difference'
exit "$status"
