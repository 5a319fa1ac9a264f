"""Names in the data of the pages' tests, which try to act; and its day."""

from tests.hostile import FORMULA, TURNED

ACTING = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
CHANNEL, CATEGORY, BRAND, PRODUCT = f"web {ACTING}", f"lamps {ACTING}", TURNED, FORMULA
AS_OF = "date '2024-04-01'"
