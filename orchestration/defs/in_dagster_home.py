"""What Dagster's own classes of storage need so that dagster.yaml can name ours in their place."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from dagster._serdes import ConfigurableClassData


class InDagsterHome:
    """Made by Dagster when it loads the instance, before the class whose place it takes.

    Attributes:
        folder: Where Dagster has it by default, in `$DAGSTER_HOME`.
    """

    folder: ClassVar[str]

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """Nothing to configure: dagster.yaml is the same for every PORTRAIT_HOME."""
        return {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> Self:
        """Opens the folder of the Dagster home that the process is in."""
        folder = Path(os.environ["DAGSTER_HOME"]) / cls.folder
        return cls(str(folder), inst_data=inst_data, **config_value)  # type: ignore[call-arg]
