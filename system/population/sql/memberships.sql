-- Colleagues who work on a customer; every other one may write.
INSERT INTO customers_membership (id, customer_id, user_id, may_write)
SELECT row_number() OVER (ORDER BY id), id, colleague_id,
    pg_temp.share(id, 302) < 0.5
FROM base
WHERE colleague_id IS NOT NULL AND holder_id IS NOT NULL
ORDER BY id;
