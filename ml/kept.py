"""Fitted models as bytes, so that they can be kept from run to run.

No pickle: skops writes what an object holds, and reads only the types that are named here.
"""

from typing import Any

import skops.io  # type: ignore[import-untyped]

_OWN_TYPES = [
    "ml.baseline.RecencyBandRate",
    "ml.gate.Verdict",
    "ml.prediction.Fitted",
    "ml.prediction.ForwardTest",
    "ml.prediction.Learned",
    "ml.prediction.signed_log",
    "ml.segment_count.Candidate",
    "ml.segment_count.Choice",
    "ml.segmentation.Segments",
    "ml.yeo_johnson.YeoJohnson",
    "numpy.dtype",
]


def to_bytes(model: object) -> bytes:
    """What `from_bytes` reads. The same model may give other bytes another time."""
    written: bytes = skops.io.dumps(model)
    return written


def from_bytes(written: bytes) -> Any:
    """The model, which gives the same figures as before to the last bit.

    Raises:
        UntrustedTypesFoundException: the bytes hold a type that is none of ours.
    """
    return skops.io.loads(written, trusted=_OWN_TYPES)
