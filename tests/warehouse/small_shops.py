"""Two shops of a few lines, with what real ones have: guests, gifts, postage, returns, bad debt."""

from pathlib import Path

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
INVOICES = """\
600001,85123A,LANTERN,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
600001,71053,BIRDIE,6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom
600002,22633,WARMER,10,2010-12-01 08:28:00,1.85,17850,United Kingdom
600002,POST,POSTAGE,1,2010-12-01 08:28:00,18,17850,United Kingdom
600003,85123A,LANTERN,4,2010-12-01 08:34:00,2.55,,Unspecified
600004,22633,WARMER,2,2010-12-02 09:00:00,0,13047.0,France
C600005,22633,WARMER,-4,2010-12-03 10:24:00,1.85,17850,United Kingdom
C600005,D,Discount,-1,2010-12-03 10:24:00,5,17850,United Kingdom
C600006,71053,BIRDIE,-1,2010-12-03 11:00:00,3.39,13047.0,France
A600007,B,Adjust bad debt,1,2010-12-04 14:50:00,-110.62,,United Kingdom
600008,23843,PAPER BIRDIE,80,2010-12-09 09:15:00,2.08,16446.0,United Kingdom
C600009,23843,PAPER BIRDIE,-80,2010-12-09 09:27:00,2.08,16446.0,United Kingdom
"""
PURCHASES = (
    " customer_id  date number_of_cds  dollar_value\r\n"
    " 00001 19970101  1   11.77\r\n"
    " 00002 19970112  1   12.00\r\n"
    " 00002 19970112  5   77.00\r\n"
    " 00003 19980630 12  180.25\r\n"
)


def write_invoices(folder: Path) -> Path:
    """The web shop's lines as one file of a folder."""
    (folder / "invoices.csv").write_text(f"{HEADER}\n{INVOICES}")
    return folder


def write_purchases(folder: Path) -> Path:
    """The music shop's file."""
    file = folder / "purchases.txt"
    file.write_bytes(PURCHASES.encode())
    return file
