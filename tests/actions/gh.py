"""Stands for `gh api`: keeps comments in a JSON file, and what it was called with beside it."""

import json
import os
import sys
from pathlib import Path

state = Path(os.environ["COMMENTS"])
comments: list[dict[str, object]] = json.loads(state.read_text("utf-8")) if state.exists() else []
arguments = sys.argv[1:]
with state.with_suffix(".calls").open("a", encoding="utf-8") as calls:
    calls.write(json.dumps(arguments) + "\n")
if os.environ.get("READ_ONLY") and "-X" in arguments:
    print("gh: Resource not accessible by integration (HTTP 403)", file=sys.stderr)
    raise SystemExit(1)
match arguments:
    case ["api", "--paginate", "repos/o/r/issues/7/comments", "--jq", asked]:
        mark = asked.partition('startswith("')[2].partition('")')[0]
        assert mark, asked
        found = [each["id"] for each in comments if str(each["body"]).startswith(mark)]
        print("\n".join(map(str, found)))
    case ["api", "-X", "POST", "repos/o/r/issues/7/comments", "-F", body]:
        text = Path(body.removeprefix("body=@")).read_text("utf-8")
        comments.append({"id": 100 + len(comments), "body": text})
    case ["api", "-X", "PATCH", url, "-F", body]:
        text = Path(body.removeprefix("body=@")).read_text("utf-8")
        (comment,) = (each for each in comments if url == f"repos/o/r/issues/comments/{each['id']}")
        comment["body"] = text
    case _:
        raise SystemExit(f"unexpected: {arguments}")
state.write_text(json.dumps(comments), encoding="utf-8")
