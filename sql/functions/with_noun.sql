-- with_noun(n, one, many): a number with its noun, such as 1 image or 2,000 images
-- grain: scalar
-- units: text; NULL where n is
-- reads:
select format('{:,} {}', n, if(n = 1, one, many))
