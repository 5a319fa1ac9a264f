"""A sheet of Excel becomes a CSV copy. It has a million rows at most, so Python may touch them."""

import csv
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from orchestration.defs.ingest.files import DataFile
from orchestration.defs.ingest.scratch import scratch_file
from orchestration.errors import PortraitError
from orchestration.manifest import ReadOptions

# The reader holds a sheet in memory.
_MOST_UNPACKED_BYTES = 2 << 30


def as_csv(file: DataFile, options: ReadOptions, scratch: Path) -> Path:
    """Writes a sheet as CSV in UTF-8: comma, double quotes, one record a row.

    Raises:
        PortraitError: It is no workbook, has no such sheet, or would not fit into memory.
    """
    copy = scratch_file(scratch, ".csv")
    with copy.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        for row in _rows(file, options):
            writer.writerow([_text(value) for value in row])
    return copy


def _rows(file: DataFile, options: ReadOptions) -> Iterable[Sequence[object]]:
    from python_calamine import CalamineError, CalamineWorkbook

    _check_size(file)
    try:
        with CalamineWorkbook.from_path(str(file.path)) as workbook:
            names = workbook.sheet_names
            if options.sheet is not None and options.sheet not in names:
                raise PortraitError(
                    f"{file.label} has no sheet {options.sheet!r}.",
                    f"It has {', '.join(names)}. Declare one of them as `sheet`.",
                )
            sheet = workbook.get_sheet_by_name(options.sheet or names[0])
            return [row for row in sheet.to_python() if any(value != "" for value in row)]
    except PortraitError:
        raise
    # A workbook that is damaged deep inside makes the reader panic, which is no Exception.
    except BaseException as error:
        is_panic = type(error).__name__ == "PanicException"
        if not is_panic and not isinstance(
            error, CalamineError | OSError | ValueError | IndexError
        ):
            raise
        raise _unreadable(file, error) from error


def _check_size(file: DataFile) -> None:
    try:
        with zipfile.ZipFile(file.path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _unreadable(file, error) from error
    if size > _MOST_UNPACKED_BYTES:
        raise PortraitError(
            f"{file.label} unpacks to {size / 2**30:.1f} GiB, too much for an Excel file.",
            "Save the sheet as CSV.",
        )


def _unreadable(file: DataFile, error: BaseException) -> PortraitError:
    return PortraitError(
        f"{file.label} is no workbook that can be read: {' '.join(str(error).split())[:200]}.",
        "Open it in Excel and save it again as .xlsx, or as CSV.",
    )


def _text(value: object) -> str:
    """A cell as text. Excel has only one kind of number: 3.0 is how it keeps 3."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)
