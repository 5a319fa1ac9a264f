-- One row an order with dirt. A table of orders is of one system.
create or replace temp view web_orders as select * from orders where channel = 'web';
create or replace temp view app_orders as select * from orders where channel = 'app';
create or replace temp view till_orders as select * from orders where channel = 'store';

create or replace temp table order_dirt as
select * from dirty_rows('web_orders', 'web_shop', 'orders')
union all
select * from dirty_rows('app_orders', 'app', 'purchases')
union all
select * from dirty_rows('till_orders', 'till', 'receipts');
