-- poisson_weight(number): how often a unit counts in a replicate: the Poisson distribution of mean 1
-- grain: scalar
-- units: whole, from 0; number from 0 to 2 ** 32 - 1 as drawn_number gives it
-- reads:
-- source: the distribution function times 2 ** 32; weights of a bootstrap in one pass: Chamandy et al. 2012,
-- https://research.google/pubs/estimating-uncertainty-for-massive-data-streams/; Hanley and MacGibbon 2006,
-- 10.1016/j.cmpb.2006.04.006
select case
    when number < 1580030169 then 0
    when number < 3160060337 then 1
    when number < 3950075422 then 2
    when number < 4213413783 then 3
    when number < 4279248374 then 4
    when number < 4292415292 then 5
    when number < 4294609778 then 6
    when number < 4294923276 then 7
    when number < 4294962463 then 8
    when number < 4294966817 then 9
    when number < 4294967253 then 10
    when number < 4294967292 then 11
    else 12
end
