"""The browser of the tests: which program, and how it is started."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
#: Where the program is; nothing, where there is none.
CHROMIUM = os.environ.get("CRM_CHROMIUM") or next(
    filter(None, map(shutil.which, NAMES)), None
)


def launch(playwright):
    """Start the browser, headless, and return it."""
    return playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=["--no-sandbox", "--disable-background-networking"],
    )
