-- One row a line with dirt. Lines of an order that has dirt itself stay clean, so that each row of
-- a quarantine has one reason.
create or replace temp view clean_lines as
select order_lines.* from order_lines
anti join order_dirt on order_lines.a = order_dirt.a and order_lines.b = order_dirt.b;
create or replace temp view web_lines as select * from clean_lines where channel = 'web';
create or replace temp view app_lines as select * from clean_lines where channel = 'app';
create or replace temp view till_lines as select * from clean_lines where channel = 'store';

create or replace temp table line_dirt as
select * from dirty_rows('web_lines', 'web_shop', 'order_items')
union all
select * from dirty_rows('app_lines', 'app', 'purchase_items')
union all
select * from dirty_rows('till_lines', 'till', 'receipt_lines');

-- What the systems deliver is all lines, those of dirty orders too.
create or replace temp view web_all_lines as select * from order_lines where channel = 'web';
create or replace temp view app_all_lines as select * from order_lines where channel = 'app';
create or replace temp view till_all_lines as select * from order_lines where channel = 'store';
