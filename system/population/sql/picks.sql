-- Picks that depend on the number of a row only: same seed, same rows, in any order.
CREATE FUNCTION pg_temp.share(number bigint, salt int) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (hashint8extended(number, 1000 * %(seed)s + salt) & 1073741823)
        / 1073741824::float8;

-- One of the places 1 to `places`; the larger `skew`, the more often the first ones.
CREATE FUNCTION pg_temp.place(number bigint, salt int, places int, skew float8)
    RETURNS int
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 1 + floor(places * power(pg_temp.share(number, salt), skew))::int;

-- A moment of office hours, from a number of working days since the first Monday.
CREATE FUNCTION pg_temp.moment(workdays float8) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN %(monday)s::timestamptz + make_interval(
        days => 7 * (floor(workdays)::int / 5) + floor(workdays)::int %% 5,
        secs => 3600 * (8.5 + 9.5 * (workdays - floor(workdays)))
    );

CREATE FUNCTION pg_temp.day(moment timestamptz) RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (moment AT TIME ZONE 'Asia/Shanghai')::date;

CREATE FUNCTION pg_temp.mobile(number bigint, salt int) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN '1' || (ARRAY['38', '39', '58', '86', '77', '59', '31', '89'])[
            pg_temp.place(number, salt, 8, 1)
        ] || lpad(pg_temp.place(number, salt + 1, 99999999, 1)::text, 8, '0');

-- 统一社会信用代码 of a company; multiplying by a prime gives each its own digits.
CREATE FUNCTION pg_temp.credit_body(number bigint, region text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN '91' || region
        || lpad((number * 387420489 %% 999999937)::text, 9, '0');

-- The same with its check digit (GB 32100): the weights are powers of 3 modulo 31.
CREATE FUNCTION pg_temp.checked(body bytea) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN convert_from(body, 'UTF8') || substr(
        '0123456789ABCDEFGHJKLMNPQRTUWXY',
        1 + (31 - (
            get_byte(body, 0) + 3 * get_byte(body, 1) + 9 * get_byte(body, 2)
            + 27 * get_byte(body, 3) + 19 * get_byte(body, 4)
            + 26 * get_byte(body, 5) + 16 * get_byte(body, 6)
            + 17 * get_byte(body, 7) + 20 * get_byte(body, 8)
            + 29 * get_byte(body, 9) + 25 * get_byte(body, 10)
            + 13 * get_byte(body, 11) + 8 * get_byte(body, 12)
            + 24 * get_byte(body, 13) + 10 * get_byte(body, 14)
            + 30 * get_byte(body, 15) + 28 * get_byte(body, 16)
            - 48 * 305
        ) %% 31) %% 31,
        1
    );

-- How far a record is on its way into the books: one in 200 is not there yet.
CREATE FUNCTION pg_temp.registration(number bigint, salt int) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN pg_temp.share(number, salt) < 0.003 THEN 'reported'
        WHEN pg_temp.share(number, salt) < 0.005 THEN 'returned'
        ELSE 'registered'
    END;

-- A contact in the recycle bin; whoever refers to contacts asks this, too.
CREATE FUNCTION pg_temp.contact_is_gone(number bigint) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN pg_temp.share(number, 200) < 0.008;

-- The customer of something that happens at a share of the time: recent ones most,
-- old ones too, and key accounts again and again.
CREATE FUNCTION pg_temp.customer_at(number bigint, salt int, share float8)
    RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN greatest(1, ceil(%(customers)s * power(share, 1.25) * CASE
        WHEN pg_temp.share(number, salt) < 0.55
        THEN 1 - power(pg_temp.share(number, salt + 1), 2) * 0.6
        WHEN pg_temp.share(number, salt) < 0.85
        THEN pg_temp.share(number, salt + 1)
        ELSE ceil(50 * power(pg_temp.share(number, salt + 1), 2)) / 51
            + floor(pg_temp.share(number, salt + 2) * %(customers)s / 500)
            / %(customers)s
    END))::bigint;

CREATE TEMP TABLE word (
    list text, place int, text text, syllables text, initials text, code text,
    extra text, PRIMARY KEY (list, place)
);

-- Names with signs of several readings, and all that one finds them by in letters.
CREATE TEMP TABLE said (
    text text, is_person boolean, spoken text, PRIMARY KEY (text, is_person)
);

-- What the program keeps of a text to find it by (crm.chinese.folding): letters and digits,
-- behind them the signs left out, each class once.
CREATE FUNCTION pg_temp.folded(t text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN lower(translate(t, '-_—.。·,，、:：/()（） ', ''));

CREATE FUNCTION pg_temp.kept(t text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN rtrim(pg_temp.folded(t) || ' ' || concat(
        CASE WHEN t ~ '[.。·]' THEN '・' END,
        CASE WHEN t ~ '[(（]' THEN '（' END,
        CASE WHEN t ~ '[)）]' THEN '）' END,
        CASE WHEN t ~ '[,，、:：/]' THEN '，' END,
        CASE WHEN t ~ '[-_—]' THEN '－' END
    ));

-- The letters and digits in what is kept of texts.
CREATE FUNCTION pg_temp.letters(t text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN trim(regexp_replace(t, '[^!-~]+', ' ', 'g'));
