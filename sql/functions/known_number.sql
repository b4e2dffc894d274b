-- known_number(number): a number that can be counted with, or NULL for NaN, infinity and what no year is near
-- grain: scalar
-- units: as the number
-- reads:
-- note: nothing else is written by this version, but a store may have been written by another one
select if(number between -1e9 and 1e9, number, null)
