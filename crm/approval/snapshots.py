"""What is approved, as canonical JSON: the text that is seen and hashed."""

import json
from hashlib import sha256
from typing import Any


def canonical(content: Any) -> str:
    """Return content as JSON that is the same for the same content."""
    return json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


def digest(text: str) -> str:
    """Return the SHA-256 of a canonical text."""
    return sha256(text.encode()).hexdigest()
