"""Workbooks made by hand, so that a test can say what no library would write."""

import zipfile
from pathlib import Path

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATIONS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
# Styles of cells: 1 is a date, 2 a duration, 3 a time of day.
_STYLES = f"""<styleSheet {_MAIN}><numFmts count="1"><numFmt numFmtId="165" formatCode="[h]:mm"/>
</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="165"/><xf numFmtId="20"/>
</cellXfs></styleSheet>"""
HEADER = '<row r="1"><c r="A1" t="str"><v>customer</v></c><c r="B1" t="str"><v>amount</v></c></row>'


def write_workbook(path: Path, rows: str, *, before: str = "", after: str = "") -> None:
    """Writes a workbook with one sheet `S`, whose rows are given as XML."""
    sheet = f"{before}<worksheet {_MAIN}><sheetData>{rows}</sheetData>{after}</worksheet>"
    parts = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": _relation("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relation("worksheet", "worksheets/sheet1.xml"),
        "xl/styles.xml": _STYLES,
        "xl/worksheets/sheet1.xml": sheet,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


def _relation(kind: str, target: str) -> str:
    return (
        f'<Relationships {_RELATIONS}><Relationship Id="rId1" Type="{_OFFICE}/{kind}" '
        f'Target="{target}"/></Relationships>'
    )


_OFFICE_TEXT = "urn:oasis:names:tc:opendocument:xmlns"
_ODS_HEAD = (
    f'<office:document-content xmlns:office="{_OFFICE_TEXT}:office:1.0" '
    f'xmlns:table="{_OFFICE_TEXT}:table:1.0" xmlns:text="{_OFFICE_TEXT}:text:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
    "<office:body><office:spreadsheet>"
)


def write_ods(path: Path, *, manifest: str = "", **sheets: str) -> None:
    """Writes a LibreOffice workbook; each sheet's rows are given as XML."""
    tables = "".join(
        f'<table:table table:name="{name}">{rows}</table:table>' for name, rows in sheets.items()
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
        archive.writestr(
            "content.xml",
            f"{_ODS_HEAD}{tables}</office:spreadsheet></office:body></office:document-content>",
        )


def ods_row(*cells: str, repeated: int = 1) -> str:
    """A row; a cell is text, or XML that begins with `<`."""
    written = "".join(
        cell
        if cell.startswith("<")
        else '<table:table-cell office:value-type="string">'
        f"<text:p>{cell}</text:p></table:table-cell>"
        for cell in cells
    )
    return f'<table:table-row table:number-rows-repeated="{repeated}">{written}</table:table-row>'


def ods_cell(text: str, attributes: str) -> str:
    """A cell with attributes of its own."""
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"
