-- as_percent(share): a fraction as a reader takes it in, such as 96.6 %
-- grain: scalar
-- units: text; NULL for NULL
-- reads:
-- note: what is neither none nor all is not rounded to it: 0.9999 is 'over 99.9 %'
select
    case
        when share > 0 and share < 0.0005 then 'under 0.1 %'
        when share < 1 and share >= 0.9995 then 'over 99.9 %'
        else format('{:.1f} %', 100 * share)
    end
