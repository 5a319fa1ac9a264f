"""Exports of shops that nobody here designed, small, with the columns their makers describe."""

import csv
from collections.abc import Sequence
from pathlib import Path

# Shopify: one row a line; an order's own fields stand on its first row only.
_SHOPIFY = """
Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,\
Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,\
Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,\
Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing City,\
Billing Country,Billing Phone,Shipping Name,Shipping City,Shipping Country,Notes,Cancelled at,\
Payment Method,Refunded Amount,Vendor,Id,Tags,Risk Level,Source,Lineitem discount
#1001,ann@example.com,paid,2024-01-05 10:00:00 -0500,fulfilled,2024-01-06 09:00:00 -0500,yes,USD,\
35.00,5.00,2.80,42.80,,0.00,Standard,2024-01-05 23:59:50 -0500,2,Green tea,10.00,,TEA-G,true,true,\
fulfilled,Ann Lee,Boston,US,+1 617 555 0101,Ann Lee,Boston,US,,,Card,0.00,Tea House,45,,Low,web,0.00
#1001,ann@example.com,,,,,,,,,,,,,,2024-01-05 23:59:50 -0500,1,Mug,15.00,18.00,MUG-1,true,true,\
fulfilled,,,,,,,,,,,,Pottery,,,,,0.00
#1002,bob@example.com,paid,2024-02-10 23:30:00 -0500,fulfilled,2024-02-11 09:00:00 -0500,no,USD,\
18.00,5.00,1.40,24.40,WELCOME,2.00,Standard,2024-02-10 23:29:50 -0500,1,Black tea,20.00,,TEA-B,\
true,true,fulfilled,Bob Ray,Austin,US,+1 512 555 0102,Bob Ray,Austin,US,,,Card,0.00,Tea House,46,,\
Low,web,2.00
#1003,cy@example.com,voided,,unfulfilled,,no,USD,15.00,5.00,1.20,21.20,,0.00,Standard,\
2024-03-05 08:00:00 -0500,1,Mug,15.00,18.00,MUG-1,true,true,pending,Cy Orr,Reno,US,,Cy Orr,Reno,US,\
,2024-03-05 09:00:00 -0500,Card,0.00,Pottery,47,,Low,web,0.00
"""
# WooCommerce order export, one row an item; month first.
_WOOCOMMERCE = """
order_id,order_number,order_date,status,shipping_total,tax_total,discount_total,order_total,\
order_currency,payment_method,customer_id,billing_first_name,billing_last_name,billing_email,\
billing_phone,billing_city,billing_country,shipping_city,shipping_country,item_product_id,item_name,\
item_sku,item_quantity,item_subtotal,item_total
701,701,9/6/2023 6:29:00,completed,4.90,3.80,0,42.70,EUR,stripe,12,Eva,Kern,eva@example.de,\
+49 30 5550101,Berlin,DE,Berlin,DE,31,Honey,HON-1,2,20,20
701,701,9/6/2023 6:29:00,completed,4.90,3.80,0,42.70,EUR,stripe,12,Eva,Kern,eva@example.de,\
+49 30 5550101,Berlin,DE,Berlin,DE,32,Jam,JAM-1,1,14,14
702,702,9/17/2023 18:05:00,processing,0,2.10,5,30.00,EUR,paypal,13,Jo,Bach,jo@example.de,\
+49 40 5550102,Hamburg,DE,Hamburg,DE,33,Salt,SAL-1,3,35,30
703,703,10/21/2023 21:45:00,cancelled,0,1.00,0,14.00,EUR,paypal,13,Jo,Bach,jo@example.de,\
+49 40 5550102,Hamburg,DE,Hamburg,DE,32,Jam,JAM-1,1,14,14
"""
# A Chinese till: one row a line, every field on every row, signs of currency and thousands.
_CHINESE_TILL = """
订单编号,下单时间,会员手机号,会员姓名,性别,商品编码,商品名称,数量,单价,优惠金额,实付金额,订单状态,门店
D0001,2024/1/5 10:02,13800138000,王芳,女,A01,龙井茶,2,¥58.00,6.00,110.00,已完成,西湖店
D0001,2024/1/5 10:02,13800138000,王芳,女,B02,青花杯,1,¥35.00,0.00,35.00,已完成,西湖店
D0002,2024/1/6 18:30,13900139000,李雷,男,A01,龙井茶,1,¥58.00,0.00,58.00,已完成,西湖店
D0003,2024/1/9 09:15,,,,B02,青花杯,1,¥35.00,0.00,35.00,已完成,湖滨店
D0004,2024/1/12 20:40,13800138000,王芳,女,C03,花茶礼盒,1,"¥1,288.00",100.00,"1,188.00",已取消,湖滨店
"""
# Orders with what they came to, and nothing about their lines; decimal commas, days first.
_TOTALS = """
Bestellung;customer no;order date;total
1;K1;31.01.2024;1.234,50
2;K2;01.02.2024;99,00
3;K1;17.02.2024;12,30
"""
# WooCommerce by its interface: orders that list their lines, discounts taken off these already.
_WOOCOMMERCE_JSON = """
[{"id": 727, "status": "completed", "currency": "USD", "date_created_gmt": "2025-03-22T19:28:02Z",
  "discount_total": "2.00", "shipping_total": "10.00", "total_tax": "1.35", "total": "29.35",
  "customer_id": 5, "billing": {"first_name": "Jo", "email": "jo@post.example"}, "refunds": [],
  "line_items": [
    {"id": 315, "name": "Honey", "product_id": 93, "quantity": 2, "subtotal": "6.00",
     "total": "6.00", "total_tax": "0.45", "taxes": [{"total": "0.45"}], "sku": "H-1", "price": 3},
    {"id": 316, "name": "Jam", "product_id": 22, "quantity": 1, "subtotal": "14.00",
     "total": "12.00", "total_tax": "0.90", "taxes": [], "sku": "J-1", "price": 12}]},
 {"id": 728, "status": "refunded", "currency": "USD", "date_created_gmt": "2025-03-25T19:28:02Z",
  "discount_total": "0.00", "shipping_total": "0.00", "total_tax": "0.00", "total": "14.00",
  "customer_id": 6, "billing": {"first_name": "Al", "email": "al@post.example"},
  "refunds": [{"id": 1, "total": "-14.00"}],
  "line_items": [
    {"id": 318, "name": "Jam", "product_id": 22, "quantity": 1, "subtotal": "14.00",
     "total": "14.00", "total_tax": "0.00", "taxes": [], "sku": "J-1", "price": 14}]},
 {"id": 729, "status": "completed", "currency": "USD", "date_created_gmt": "2025-04-02T13:00:00Z",
  "discount_total": "0.00", "shipping_total": "5.00", "total_tax": "0.00", "total": "20.00",
  "customer_id": 5, "billing": {"first_name": "Jo", "email": "jo@post.example"}, "refunds": [],
  "line_items": [
    {"id": 319, "name": "Honey", "product_id": 93, "quantity": 5, "subtotal": "15.00",
     "total": "15.00", "total_tax": "0.00", "taxes": [], "sku": "H-1", "price": 3}]}]
"""
FILES = {
    "shopify": ("orders_export_1.csv", _SHOPIFY),
    "woocommerce": ("orders-export.csv", _WOOCOMMERCE),
    "chinese_till": ("订单导出2024-01.csv", _CHINESE_TILL),
    "totals": ("sales.csv", _TOTALS),
    "woocommerce_json": ("orders.json", _WOOCOMMERCE_JSON),
}


def write_export(folder: Path, shop: str) -> Path:
    """Writes the export of a shop into a new folder."""
    name, text = FILES[shop]
    target = folder / shop
    target.mkdir()
    (target / name).write_text(text.lstrip(), encoding="utf-8")
    return target


def write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(rows)
