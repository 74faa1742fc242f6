-- Whose each customer was: who entered it; what is in the pool was released since.
CREATE TEMP TABLE owned AS
SELECT id, owner_id, created_at,
    CASE WHEN holder_id IS NULL THEN created_at
        + pg_temp.share(id, 17) * (%(now)s::timestamptz - created_at)
    END AS released_at
FROM base;

INSERT INTO customers_ownership (
    id, customer_id, holder_id, pool_id, from_at, to_at, how, by_id, reason_id, note
)
SELECT row_number() OVER (ORDER BY customer_id, nth), customer_id, holder_id, pool_id,
    from_at, to_at, how, by_id, reason_id, ''
FROM (
    SELECT id AS customer_id, 1 AS nth, owner_id AS holder_id, NULL::bigint AS pool_id,
        created_at AS from_at, released_at AS to_at, 'created' AS how,
        owner_id AS by_id, NULL::bigint AS reason_id
    FROM owned
    UNION ALL
    SELECT id, 2, NULL, %(pool)s::bigint, released_at, NULL, 'released', owner_id,
        (%(releases)s::bigint[])[pg_temp.place(id, 18, %(n_releases)s, 1.3)]
    FROM owned WHERE released_at IS NOT NULL
) AS rows
ORDER BY 1;
