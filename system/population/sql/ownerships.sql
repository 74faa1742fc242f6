-- Whose each customer is: theirs since it was entered.
INSERT INTO customers_ownership (
    id, customer_id, holder_id, pool_id, from_at, how, by_id, note
)
SELECT id, id, owner_id, NULL, created_at, 'created', owner_id, ''
FROM customers_customer;
