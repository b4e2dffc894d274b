-- as_points(difference): a difference of two fractions in percentage points, such as 22 or 2.3
-- grain: scalar
-- units: text without a unit; NULL for NULL
-- reads:
-- note: whole points from 10 on, one decimal below
select
    case
        when abs(difference) >= 0.0995 then format('{:.0f}', 100 * difference)
        else format('{:.1f}', 100 * difference)
    end
