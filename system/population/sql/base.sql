-- What the customers' own rows and those of their children both need to know.
CREATE TEMP TABLE region AS
SELECT city.place AS city,
    row_number() OVER districts AS place,
    count(*) OVER (PARTITION BY city.place) AS places,
    region.code,
    region.full_name
FROM word AS city
JOIN crm_region AS region ON city.code IN (region.code, region.parent_id)
WHERE city.list = 'city'
WINDOW districts AS (PARTITION BY city.place ORDER BY region.code);
ANALYZE region;

CREATE TEMP TABLE base AS
WITH picks AS (
    SELECT id,
        pg_temp.moment(
            %(workdays)s * power((id - 0.5::float8) / %(customers)s, 0.8)
        ) AS created_at,
        pg_temp.share(id, 1) < 0.03 AS is_person,
        pg_temp.place(id, 2, %(n_city)s, 2) AS city,
        pg_temp.share(id, 3) AS district,
        CASE WHEN pg_temp.share(id, 4) < 0.3
            THEN pg_temp.place(id, 5, %(n_famous)s, 1.5)
            ELSE %(n_famous)s
                + pg_temp.place(id, 5, %(n_brand)s - %(n_famous)s, 1.2)
        END AS brand,
        pg_temp.place(id, 6, %(n_trade)s, 1.4) AS trade,
        pg_temp.place(id, 7, %(n_form)s, 3) AS form,
        pg_temp.place(id, 8, %(n_surname)s, 1.8) AS surname,
        pg_temp.place(id, 9, %(n_given)s, 1) AS given,
        pg_temp.place(id, 10, %(n_sellers)s, 1.3) AS seller,
        pg_temp.share(id, 11) < 0.008 AS is_gone,
        pg_temp.registration(id, 12) AS registration,
        CASE
            WHEN pg_temp.share(id, 13) < 0.24 THEN 0
            WHEN pg_temp.share(id, 13) < 0.69 THEN 1
            WHEN pg_temp.share(id, 13) < 0.89 THEN 2
            WHEN pg_temp.share(id, 13) < 0.98 THEN 3
            ELSE 4
        END AS contacts
    FROM generate_series(1::bigint, %(customers)s) AS id
)
SELECT id, created_at, is_person, seller, is_gone, registration, contacts,
    (%(sellers)s::bigint[])[seller] AS owner_id,
    -- Who had it, unless it is in a pool by now.
    CASE WHEN registration <> 'registered' OR is_gone
            OR pg_temp.share(id, 16) >= %(pooled)s
        THEN (%(sellers)s::bigint[])[seller] END AS holder_id,
    -- One customer in ten has a colleague of the owner in its team.
    CASE WHEN pg_temp.share(id, 14) < 0.1 AND NOT is_gone
        THEN (%(sellers)s::bigint[])[1 + (
            seller + pg_temp.place(id, 15, %(n_sellers)s - 1, 1) - 1
        ) %% %(n_sellers)s]
    END AS colleague_id,
    sum(contacts) OVER (ORDER BY id) - contacts + 1 AS first_contact,
    city.extra AS area_code,
    region.code AS region_id,
    region.full_name AS region_name,
    trade.code::bigint AS industry_id,
    CASE WHEN is_person THEN surname.text || given.text
        ELSE city.text || brand.text || trade.text || form.text
    END AS name,
    CASE WHEN is_person THEN surname.syllables || given.syllables
        ELSE city.syllables || brand.syllables || trade.syllables || form.syllables
    END AS syllables,
    CASE WHEN is_person THEN surname.initials || given.initials
        ELSE city.initials || brand.initials || trade.initials || form.initials
    END AS initials,
    CASE WHEN is_person THEN '' ELSE brand.text || trade.text END AS short_name,
    CASE WHEN is_person THEN '' ELSE brand.syllables || trade.syllables
    END AS short_syllables,
    CASE WHEN is_person THEN '' ELSE brand.initials || trade.initials
    END AS short_initials,
    brand.initials AS brand_initials
FROM picks
JOIN word AS city ON city.list = 'city' AND city.place = picks.city
JOIN word AS brand ON brand.list = 'brand' AND brand.place = picks.brand
JOIN word AS trade ON trade.list = 'trade' AND trade.place = picks.trade
JOIN word AS form ON form.list = 'form' AND form.place = picks.form
JOIN word AS surname ON surname.list = 'surname' AND surname.place = picks.surname
JOIN word AS given ON given.list = 'given' AND given.place = picks.given
JOIN region ON region.city = picks.city
    AND region.place = 1 + floor(region.places * picks.district);
ALTER TABLE base ADD PRIMARY KEY (id);
ANALYZE base;
