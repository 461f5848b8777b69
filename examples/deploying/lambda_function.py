"""AWS Lambda: a picture in base64 in, what it shows out.

Beside it lie digits.py and digits.safetensors, which `cnnc compile --bundle` wrote, NumPy, and
Pillow, which reads PNG and JPEG.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
from typing import Any

import numpy as np
from digits import Digits
from PIL import Image

# Once for each process, before its first event; one lane, for an event is handled at a time.
net = Digits.load(lanes=1)
net.classify(np.zeros((28, 28), np.uint8))  # the plan is made now, not by the first event


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    try:
        picture = Image.open(io.BytesIO(base64.b64decode(event["body"], validate=True)))
        image = np.asarray(picture.convert("RGB"))
    except (KeyError, TypeError, OSError, binascii.Error, Image.DecompressionBombError):
        return answer(400, {"error": "the body is no picture in base64"})
    found = net.classify(image, top=3)
    return answer(200, [{"label": label, "probability": each} for label, each in found])


def answer(status: int, content: object) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(content)}
