-- number_key(number): a whole number that stands for a number in a digest
-- grain: scalar
-- units: 2 ** 40ths, which is exact unless it is tiny; -1 for NULL; for what is not finite, or above 2 ** 18, a part of
-- the MD5 of its text; within 2 ** 58, so that a few of them can be added in 64 bits
-- reads:
select case
    when abs(number) < 262144 then (number::double * 1099511627776)::bigint
    when number is null then -1
    else (md5_number_lower(number::varchar) >> 6)::bigint
end
