-- What the reports of a day say of talks: as many as there are rows of that day.
UPDATE sales_dayreport AS report SET facts = told.facts
FROM (
    SELECT owner_id, pg_temp.day(occurred_at) AS day, jsonb_build_object(
            'interactions', jsonb_build_array(count(*), NULL),
            'customers_touched', jsonb_build_array(count(DISTINCT customer_id), NULL)
        ) AS facts
    FROM feedback_interaction
    WHERE deleted_at IS NULL AND registration = 'registered'
        AND occurred_at >= %(now)s::timestamptz - interval '90 days'
    GROUP BY 1, 2
) AS told
WHERE report.owner_id = told.owner_id AND report.day = told.day;
